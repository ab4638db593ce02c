package lastgood.kubernetes.api;

/// The API server's own answer to a request that it did not carry out.
///
/// @param code the HTTP status
/// @param reason Kubernetes' word for it, such as `Conflict`; empty if it gave none
/// @param message its sentence, for people
public record Refusal(int code, String reason, String message) {

    public boolean notFound() {
        return code == 404;
    }

    /// Somebody else changed the object, or made it, before us.
    public boolean conflict() {
        return code == 409;
    }

    /// The object would not be valid, or what a JSON patch tests is not so.
    public boolean invalid() {
        return code == 422;
    }

    /// What a JSON patch tests is not so: all that a server says of it. An object that would not be valid is named. A
    /// read that is answered from the past shows such a patch as right and the refusal as groundless.
    boolean testFailed() {
        return invalid() && message.equals("the server rejected our request due to an error in our request");
    }

    public boolean forbidden() {
        return code == 403;
    }

    /// A right is missing; else a 403 is a quota or another admission that said no.
    public boolean missesRight() {
        return forbidden() && message.contains(" cannot ");
    }

    @Override
    public String toString() {
        return message.isEmpty() ? "status %d".formatted(code) : message;
    }
}
