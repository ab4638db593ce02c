package lastgood.config;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Validates a tree against the schema and says what is wrong in our words, at the place in the file.
final class SchemaCheck {

    /// More than a screenful of problems is no help; the first ones are mended first.
    static final int PROBLEMS_MAX = 200;

    /// @param problems what is wrong
    /// @param badPaths the keys that hold something wrong and are therefore not to be read any further
    record Result(List<Problem> problems, Set<List<Object>> badPaths) {}

    private final Schema schema;
    private final SchemaWords words;

    SchemaCheck() {
        var json = CatalogSchema.json();
        schema = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(json);
        words = new SchemaWords(json);
    }

    Result check(Tree tree) {
        var problems = new Problems();
        var bad = new HashSet<List<Object>>();
        schema.validate(Json.of(tree)).stream().limit(PROBLEMS_MAX).forEach(error -> {
            var found = words.problem(tree, steps(error), error);
            problems.add(found.problem());
            if (!error.getKeyword().equals("uniqueItems")) { // the items themselves can be read
                bad.add(found.badPath());
            }
        });
        return new Result(problems.inReadingOrder(), Set.copyOf(bad));
    }

    private static List<Object> steps(Error error) {
        var location = error.getInstanceLocation();
        var steps = new ArrayList<Object>();
        for (int i = 0; i < location.getNameCount(); i++) {
            steps.add(location.getElement(i));
        }
        return steps;
    }
}
