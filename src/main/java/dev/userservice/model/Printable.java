package dev.userservice.model;

import java.util.regex.Pattern;

/**
 * Makes a text safe to print: it stays one line, and a terminal finds nothing in it to obey. Controls, format
 * characters (those that turn the direction among them), line and paragraph separators, lone surrogates, and what is
 * private or unassigned become a question mark each.
 */
public final class Printable {

    private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{C}\\p{Zl}\\p{Zp}]"); // general categories

    private Printable() {}

    /** Returns the text as it may be printed. */
    public static String of(String text) {
        return UNPRINTABLE.matcher(text).replaceAll("?");
    }
}
