package dev.userservice.tools;

import com.fasterxml.jackson.core.JsonPointer;
import dev.userservice.call.ListLayout;
import dev.userservice.call.PathTemplate;
import dev.userservice.model.FieldSource;
import dev.userservice.model.IdFormat;
import dev.userservice.sanitize.OutputSchema;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * How the company's API is laid out.
 *
 * @param userPath path of one user
 * @param record where the record stands in the answer about one user; empty where the answer is the record
 * @param departmentPath path of a department's users
 * @param departmentValues what the API calls a department, where that is not its name
 * @param list how a department's users are given out
 * @param fieldMap where a released field stands in a record, where that is not under its own name
 * @param statusValues words for the API's statuses, by their JSON text or the string itself
 * @param idFormat what a user's ID is
 */
public record ApiLayout(
        PathTemplate userPath,
        JsonPointer record,
        PathTemplate departmentPath,
        Map<String, String> departmentValues,
        ListLayout list,
        Map<String, FieldSource> fieldMap,
        Map<String, String> statusValues,
        IdFormat idFormat) {

    public ApiLayout {
        departmentValues = Map.copyOf(departmentValues);
        fieldMap = Map.copyOf(fieldMap);
        statusValues = Map.copyOf(statusValues);
    }

    /** Returns where a released field stands in a record. */
    FieldSource source(String field) {
        return fieldMap.getOrDefault(field, FieldSource.of(JsonPointer.empty().appendProperty(field)));
    }

    /** Returns where in the answer about one user to look for the released fields, and for a record that is none. */
    List<JsonPointer> pointers(OutputSchema released) {
        Stream<JsonPointer> fields = released.pointers().stream().map(record::append);
        return Stream.concat(Stream.of(record), fields).toList();
    }

    /** Returns what a model is told about looking for people; an ID may be an e-mail address. */
    String noSearch() {
        return "There is no search by name" + (idFormat == IdFormat.EMAIL ? "" : " or e-mail");
    }

    /** Returns what the API calls a department. */
    String departmentValue(String department) {
        return departmentValues.getOrDefault(department, department);
    }
}
