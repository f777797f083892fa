package dev.userservice.model;

import java.util.Locale;
import java.util.regex.Pattern;

/** What a user's ID is at the API: its form, how people and models are told of it, and when two mean the same user. */
public enum IdFormat {
    DIGITS("^[0-9]{1,18}$", "a string of 1 to 18 digits, for example \"123\"", Integer.toString(Integer.MAX_VALUE)),
    UUID(
            "^[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{4}-[0-9A-Fa-f]{12}$",
            "a UUID, for example \"123e4567-e89b-12d3-a456-426614174000\"", "00000000-0000-0000-0000-000000000000"),
    OPAQUE(
            "^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$",
            "1 to 64 letters, digits, hyphens or underscores, for example \"00ub0oNGTSWTBKOLGLNR\"",
            "nobody-has-this-id"),
    EMAIL(
            "^[A-Za-z0-9._+-]{1,64}@[A-Za-z0-9-]{1,63}(\\.[A-Za-z0-9-]{1,63}){1,8}$",
            "an e-mail address, for example \"ada@corp.example\"",
            "nobody@nowhere.invalid");

    private final Pattern pattern;
    private final String rule;
    private final String nobody;

    IdFormat(String pattern, String rule, String nobody) {
        this.pattern = Pattern.compile(pattern);
        this.rule = rule;
        this.nobody = nobody;
    }

    /** Returns the regular expression of the form, anchored at both ends. */
    public String pattern() {
        return pattern.pattern();
    }

    /** Returns the form in words, with an example. */
    public String rule() {
        return rule;
    }

    /** Returns an ID of this form that nobody has, as far as anybody can know. */
    public String nobody() {
        return nobody;
    }

    /** Returns whether a whole number may stand for its digits. */
    public boolean takesNumbers() {
        return this == DIGITS || this == OPAQUE;
    }

    public boolean matches(String id) {
        return pattern.matcher(id).matches();
    }

    /**
     * Returns whether two IDs mean the same user: in either case, or without leading zeros, where the form has such.
     */
    public boolean same(String one, String other) {
        return canonical(one).equals(canonical(other));
    }

    private String canonical(String id) {
        return switch (this) {
            case DIGITS -> id.replaceFirst("^0+(?=.)", "");
            case UUID, EMAIL -> id.toLowerCase(Locale.ROOT);
            case OPAQUE -> id;
        };
    }

    /** Returns the format's name as settings write it. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
