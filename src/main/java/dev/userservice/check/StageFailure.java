package dev.userservice.check;

/** A stage of {@code check} that does not hold: the message says what was found, the remedy what to do about it. */
final class StageFailure extends Exception {

    private final String stage;
    private final String remedy;

    StageFailure(String stage, String finding, String remedy) {
        super(finding);
        this.stage = stage;
        this.remedy = remedy;
    }

    String stage() {
        return stage;
    }

    String remedy() {
        return remedy;
    }
}
