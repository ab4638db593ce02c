package lastgood.core;

import java.util.regex.Pattern;

/// Who asked for or approved something: the operating system's or the cluster's user name.
public record Person(String name) {

    private static final Pattern FORM = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.@:+-]{0,252}");

    /// lastgood itself, where nobody typed anything: a watch that acts.
    public static final Person ITSELF = new Person("lastgood-watch");

    public Person {
        Names.require(FORM, "user", name, "use letters, digits and `_` `.` `@` `:` `+` `-`");
    }

    @Override
    public String toString() {
        return name;
    }
}
