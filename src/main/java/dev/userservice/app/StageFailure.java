package dev.userservice.app;

/** A stage of {@code check} that does not hold: what was found is the message, and what to do about it the remedy. */
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
