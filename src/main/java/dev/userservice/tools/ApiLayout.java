package dev.userservice.tools;

import com.fasterxml.jackson.core.JsonPointer;
import dev.userservice.call.PathTemplate;
import java.util.Map;

/**
 * How the company's API is laid out.
 *
 * @param userPath path of one user
 * @param departmentPath path of a department's users
 * @param list where the array stands in the department answer
 * @param pagesItself whether the API takes limit and offset
 * @param fieldMap where a released field stands in a record, where that is not under its own name
 */
public record ApiLayout(
        PathTemplate userPath,
        PathTemplate departmentPath,
        JsonPointer list,
        boolean pagesItself,
        Map<String, JsonPointer> fieldMap) {

    public ApiLayout {
        fieldMap = Map.copyOf(fieldMap);
    }

    JsonPointer at(String field) {
        return fieldMap.getOrDefault(field, JsonPointer.empty().appendProperty(field));
    }
}
