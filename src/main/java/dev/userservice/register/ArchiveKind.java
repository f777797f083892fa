package dev.userservice.register;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The forms in which a JVM keeps the classes it has loaded for its next start. */
enum ArchiveKind {
    CLASS_DATA(".jsa", "-XX:ArchiveClassesAtExit=", "-XX:SharedArchiveFile=", List.of(), "-Xshare:on"),
    /** Its flag is unknown before Java 24; told to ignore it, an older Java starts as well. */
    AHEAD_OF_TIME(
            ".aot",
            "-XX:AOTCacheOutput=",
            "-XX:AOTCache=",
            List.of("-XX:+IgnoreUnrecognizedVMOptions"),
            "-XX:AOTMode=on");

    private final String suffix;
    private final String writing;
    private final String reading;
    private final List<String> first;
    private final String strictly;

    ArchiveKind(String suffix, String writing, String reading, List<String> first, String strictly) {
        this.suffix = suffix;
        this.writing = writing;
        this.reading = reading;
        this.first = first;
        this.strictly = strictly;
    }

    /** Returns the better form that a Java has. */
    static ArchiveKind of(Runtime.Version java) {
        return java.feature() >= 25 ? AHEAD_OF_TIME : CLASS_DATA;
    }

    /** Returns how a file of this form ends. */
    String suffix() {
        return suffix;
    }

    /** Returns the flag that has a JVM write an archive when it ends. */
    String writing(Path archive) {
        return writing + archive;
    }

    /** Returns the flags that have a JVM use an archive, or start without where it cannot. */
    List<String> reading(Path archive) {
        return Stream.concat(first.stream(), Stream.of(reading + archive)).toList();
    }

    /** Returns the flag that has a JVM refuse to start without the archive. */
    String strictly() {
        return strictly;
    }
}
