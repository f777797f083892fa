package dev.userservice.tools;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.userservice.call.ApiAnswer;
import dev.userservice.call.ApiRequest;
import dev.userservice.call.ListLayout;
import dev.userservice.model.FieldSource;
import dev.userservice.model.Json;
import dev.userservice.sanitize.OutputField;
import dev.userservice.sanitize.OutputSchema;
import dev.userservice.validate.Arguments;
import dev.userservice.validate.InputSchema;
import dev.userservice.validate.Parameter;
import java.util.List;
import java.util.Optional;

/** {@code list_users_by_department}: ids and names of a department's users, a page at a time. */
final class ListUsersByDepartment {

    static final String NAME = "list_users_by_department";

    static final String DEPARTMENT = "department";
    private static final int MAX_LIMIT = 100;
    private static final int MAX_OFFSET = 1_000_000;
    static final Parameter LIMIT =
            new Parameter.WholeNumber("limit", "How many users to return at most.", 1, MAX_LIMIT, 50);
    static final Parameter OFFSET = new Parameter.WholeNumber(
            "offset", "How many users to skip; pass the next_offset of the page before.", 0, MAX_OFFSET, 0);
    private static final String DESCRIPTION = """
      Lists one department's users, IDs and names only, a page at a time: pass next_offset as offset until none comes. \
      %s: to find somebody, ask which department they are in, and stop paging at the match. \
      total, where given, counts the department: limit 1 is enough. \
      Departments other than those offered here may exist.""";

    private ListUsersByDepartment() {}

    /** @param departments those that may be listed */
    static Tool tool(ApiLayout layout, List<String> departments) {
        return tool(layout, layout.list(), departments);
    }

    /** @param list how the API is taken to give out the list */
    static Tool tool(ApiLayout layout, ListLayout list, List<String> departments) {
        Parameter department = new Parameter.Choice(
                DEPARTMENT, "The department to list.", "This department cannot be listed here", departments);
        OutputSchema user = GetUser.schema(layout, List.of());
        List<JsonPointer> wanted = user.pointers();
        return new Tool(
                NAME,
                "List users by department",
                DESCRIPTION.formatted(layout.noSearch()),
                "list users",
                "Department not found",
                new InputSchema(NAME, List.of(department, LIMIT, OFFSET)),
                output(user),
                arguments -> new ApiRequest(
                        layout.departmentPath(),
                        layout.departmentValue(arguments.text(department)),
                        wanted,
                        Optional.of(list),
                        arguments.number(OFFSET),
                        arguments.number(LIMIT)),
                (arguments, answer) -> page(arguments, department, answer),
                arguments -> arguments.number(LIMIT),
                result -> result.path("users").size(),
                new ListTrial(layout, list, departments));
    }

    private static OutputSchema output(OutputSchema user) {
        return new OutputSchema(List.of(
                new OutputField.Text(
                        "department",
                        "The department listed.",
                        FieldSource.of(JsonPointer.compile("/department")),
                        true),
                new OutputField.Records("users", "The users of this page.", user, MAX_LIMIT),
                new OutputField.Count("total", "How many users the department has, where that is known.", false),
                new OutputField.Count("limit", "How many users were asked for.", true),
                new OutputField.Count("offset", "How many users were skipped.", true),
                new OutputField.Count("next_offset", "The offset of the next page; absent on the last.", false)));
    }

    private static JsonNode page(Arguments arguments, Parameter department, ApiAnswer answer) {
        int offset = arguments.number(OFFSET);
        ObjectNode page = Json.object().put("department", arguments.text(department));
        page.putArray("users").addAll(answer.records());
        answer.total().ifPresent(total -> page.put("total", total));
        page.put("limit", arguments.number(LIMIT)).put("offset", offset);
        int next = offset + answer.records().size();
        if (answer.more() && next > offset && next <= MAX_OFFSET) {
            page.put("next_offset", next);
        }
        return page;
    }
}
