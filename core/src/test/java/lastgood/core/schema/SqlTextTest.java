package lastgood.core.schema;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class SqlTextTest {

    @Test
    void a_semicolon_inside_of_something_ends_nothing() {
        var script = """
                -- one; two
                SELECT ';', E'it\\'s;', "a;b", $$ ; $$, $x$ ; $$ ; $x$ /* ; /* ; */ ; */;
                CREATE FUNCTION f() RETURNS int BEGIN ATOMIC
                  SELECT 1; SELECT CASE WHEN true THEN 2 END;
                END;
                SELECT $1;;
                SELECT 'no end
                """;

        assertThat(SqlText.statements(script).stream()
                        .map(s -> s.words().getFirst() + " " + s.words().getLast()))
                .containsExactly("SELECT ?", "CREATE END", "SELECT $1", "SELECT ?");
    }

    @Test
    void nothing_is_lost_in_between() {
        var text = "SELECT 'a'';'||$q$x$q$ -- é\n FROM \"T\" WHERE a=1.5e3 AND b<>$2::int[]; ü_$1 E'\\";

        assertThat(SqlText.tokens(text).stream().map(SqlText.Token::text).collect(Collectors.joining()))
                .isEqualTo(text);
    }

    @Test
    void for_people_a_statement_has_no_values_in_it() {
        assertThat(SqlText.brief("/* who */ update users set pin = '1234', n = 77 where mail = $$a@b$$ and cut = 'off"))
                .isEqualTo("UPDATE USERS SET PIN = ? , N = ? WHERE MAIL …")
                .doesNotContain("1234", "77", "a@b", "off");
    }
}
