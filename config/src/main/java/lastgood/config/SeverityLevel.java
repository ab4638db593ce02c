package lastgood.config;

/// SEV-1 (worst) to SEV-4.
public enum SeverityLevel {
    SEV_1,
    SEV_2,
    SEV_3,
    SEV_4;

    /// `SEV-1`, as everywhere outside the code.
    @Override
    public String toString() {
        return name().replace('_', '-');
    }
}
