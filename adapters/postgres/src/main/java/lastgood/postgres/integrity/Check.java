package lastgood.postgres.integrity;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import lastgood.core.data.IntegrityReport.Finding;
import lastgood.core.data.IntegrityReport.Standing;

/// One question to the database. It may fail: then it was not made, and that is what the report says.
///
/// @param name as in a finding
/// @param object what it is about
record Check(String name, String object, Question question) {

    @FunctionalInterface
    interface Question {
        List<Finding> ask(Connection session) throws SQLException;
    }

    static Finding pass(String check, String object, String detail) {
        return new Finding(Standing.PASS, check, object, 0, detail);
    }

    static Finding fail(String check, String object, long count, String detail) {
        return new Finding(Standing.FAIL, check, object, count, detail);
    }

    static Finding unknown(String check, String object, String why) {
        return new Finding(Standing.UNKNOWN, check, object, 0, why);
    }
}
