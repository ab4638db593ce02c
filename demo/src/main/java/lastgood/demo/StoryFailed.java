package lastgood.demo;

/// Something did not go as the story tells it. The message is for the person who looks at it.
final class StoryFailed extends Exception {

    private static final long serialVersionUID = 1L;

    StoryFailed(String fact) {
        super(fact);
    }

    StoryFailed(String fact, Throwable cause) {
        super(fact, cause);
    }
}
