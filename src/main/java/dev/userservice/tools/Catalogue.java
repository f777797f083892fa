package dev.userservice.tools;

import java.util.Collection;
import java.util.List;

/** Every tool there is, in the order clients see them. A further tool is one more line here and one more file. */
public final class Catalogue {

    private static final List<Entry> ENTRIES = List.of(
            new Entry(GetUser.NAME, (layout, fields, departments) -> GetUser.tool(layout, fields)),
            new Entry(
                    ListUsersByDepartment.NAME,
                    (layout, fields, departments) -> ListUsersByDepartment.tool(layout, departments)));

    /** Names of all tools. */
    public static final List<String> NAMES = ENTRIES.stream().map(Entry::name).toList();

    /** A tool before it is known which company's API it asks. */
    private record Entry(String name, Declaration declaration) {}

    @FunctionalInterface
    private interface Declaration {
        Tool declare(ApiLayout layout, Collection<String> fields, List<String> departments);
    }

    private Catalogue() {}

    /**
     * Declares the tools for one company's API.
     *
     * @param offered names of those to offer
     * @param fields fields of a user that may be released
     * @param departments departments that may be listed
     */
    public static List<Tool> of(
            ApiLayout layout, Collection<String> offered, Collection<String> fields, List<String> departments) {
        return ENTRIES.stream()
                .filter(entry -> offered.contains(entry.name()))
                .map(entry -> entry.declaration().declare(layout, fields, departments))
                .toList();
    }
}
