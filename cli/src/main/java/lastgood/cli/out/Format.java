package lastgood.cli.out;

import java.util.Arrays;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/// How data is written to stdout.
public enum Format {
    TABLE,
    JSON,
    YAML,
    NAME,
    MD;

    /// Reads `-o json`.
    public static final class Reader implements ITypeConverter<Format> {
        @Override
        public Format convert(String value) {
            return Arrays.stream(values())
                    .filter(f -> f.name().toLowerCase(Locale.ROOT).equals(value))
                    .findFirst()
                    .orElseThrow(() -> new TypeConversionException(
                            "`%s` is not table, json, yaml, name or md".formatted(Screen.plain(value))));
        }
    }
}
