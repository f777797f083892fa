package dev.userservice;

import com.fasterxml.jackson.core.JsonPointer;
import dev.userservice.call.ListLayout;
import dev.userservice.call.Paging;
import dev.userservice.call.PathTemplate;
import dev.userservice.model.FieldSource;
import dev.userservice.model.IdFormat;
import dev.userservice.tools.ApiLayout;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;

/** Layouts of APIs as the settings' defaults have them, but for what a test says. */
public final class Layouts {

    public static final Paging WHOLE = new Paging.Whole();
    public static final Paging OFFSET = new Paging.Numbered("limit", "offset", 0, OptionalInt.empty());
    public static final Paging PAGE = new Paging.Numbered("limit", "page", 1, OptionalInt.of(100));
    public static final Paging LINK = new Paging.Link(Optional.empty());

    private Layouts() {}

    public static ApiLayout of(Paging paging) {
        return of("/departments/{department}/users", "/users", paging, Map.of());
    }

    /** @param fieldMap where fields stand that do not stand under their own names, a JSON Pointer each */
    public static ApiLayout of(String departmentPath, String items, Paging paging, Map<String, String> fieldMap) {
        Map<String, FieldSource> sources = new TreeMap<>();
        fieldMap.forEach((field, pointer) -> sources.put(field, FieldSource.of(JsonPointer.compile(pointer))));
        return new ApiLayout(
                PathTemplate.parse("/users/{user_id}", "user_id"),
                JsonPointer.empty(),
                PathTemplate.parse(departmentPath, "department"),
                Map.of(),
                list(items, paging),
                sources,
                Map.of(),
                IdFormat.DIGITS);
    }

    /** A list whose answers say at {@code /total} how long it is. */
    public static ListLayout list(String items, Paging paging) {
        return new ListLayout(
                JsonPointer.compile(items), paging, Optional.of(JsonPointer.compile("/total")), Optional.empty());
    }
}
