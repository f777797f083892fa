package dev.userservice.register;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The forms in which a JVM keeps the classes it has loaded for its next start. */
enum ArchiveKind {
    CLASS_DATA(".jsa", "-Xshare:on", "-XX:ArchiveClassesAtExit=", "-XX:SharedArchiveFile=%s"),
    /** Its flag is unknown before Java 24; told to ignore it, an older Java starts as well. */
    AHEAD_OF_TIME(
            ".aot", "-XX:AOTMode=on", "-XX:AOTCacheOutput=", "-XX:+IgnoreUnrecognizedVMOptions", "-XX:AOTCache=%s");

    /** How a file of this form ends. */
    final String suffix;

    /** The flag that has a JVM refuse to start without the archive. */
    final String strictly;

    private final String writing;
    private final String[] reading;

    ArchiveKind(String suffix, String strictly, String writing, String... reading) {
        this.suffix = suffix;
        this.strictly = strictly;
        this.writing = writing;
        this.reading = reading;
    }

    /** Returns the better form that a Java has. */
    static ArchiveKind of(Runtime.Version java) {
        return java.feature() >= 25 ? AHEAD_OF_TIME : CLASS_DATA;
    }

    /** Returns the flag that has a JVM write an archive when it ends. */
    String writing(Path archive) {
        return writing + archive;
    }

    /** Returns the flags that have a JVM use an archive, or start without where it cannot. */
    List<String> reading(Path archive) {
        return Stream.of(reading).map(flag -> flag.formatted(archive)).toList();
    }
}
