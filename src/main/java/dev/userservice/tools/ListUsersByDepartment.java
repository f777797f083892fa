package dev.userservice.tools;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.userservice.call.ApiAnswer;
import dev.userservice.call.ApiRequest;
import dev.userservice.call.Paging;
import dev.userservice.model.FieldSource;
import dev.userservice.model.IdFormat;
import dev.userservice.model.Json;
import dev.userservice.sanitize.OutputField;
import dev.userservice.sanitize.OutputSchema;
import dev.userservice.validate.Arguments;
import dev.userservice.validate.InputSchema;
import dev.userservice.validate.Parameter;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;

/** {@code list_users_by_department}: ids and names of a department's users, a page at a time. */
final class ListUsersByDepartment {

    static final String NAME = "list_users_by_department";

    private static final String DEPARTMENT = "department";
    private static final int MAX_LIMIT = 100;
    private static final int MAX_OFFSET = 1_000_000;
    private static final Parameter LIMIT =
            new Parameter.WholeNumber("limit", "How many users to return at most.", 1, MAX_LIMIT, 50);
    private static final Parameter OFFSET = new Parameter.WholeNumber(
            "offset", "How many users to skip; pass the next_offset of the page before.", 0, MAX_OFFSET, 0);
    private static final String NUMBERS =
            "INTERNAL_API_PAGINATION, INTERNAL_API_LIMIT_PARAM, INTERNAL_API_START_PARAM and INTERNAL_API_START_FIRST";
    private static final Trial.Pages PAGES = new Trial.Pages(
            question -> question.deepCopy().put(LIMIT.name(), 4),
            question -> question.deepCopy().put(LIMIT.name(), 2).put(OFFSET.name(), 2),
            ListUsersByDepartment::contradiction);
    private static final String DESCRIPTION = """
      Lists one department's users, IDs and names only, a page at a time: pass next_offset as offset until none comes. \
      %s: to find somebody, ask which department they are in, and stop paging at the match. \
      total, where given, counts the department: limit 1 is enough. \
      Departments other than those offered here may exist.""";

    private ListUsersByDepartment() {}

    /** @param departments those that may be listed */
    static Tool tool(ApiLayout layout, List<String> departments) {
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
                        Optional.of(layout.list()),
                        arguments.number(OFFSET),
                        arguments.number(LIMIT)),
                (arguments, answer) -> page(arguments, department, answer),
                arguments -> arguments.number(LIMIT),
                result -> result.path("users").size(),
                trial(layout, departments));
    }

    private static Trial trial(ApiLayout layout, List<String> departments) {
        Paging paging = layout.list().paging();
        String paths =
                "check the path in INTERNAL_API_URL, INTERNAL_API_DEPARTMENT_PATH, INTERNAL_API_DEPARTMENT_VALUES"
                        + paging.fold(whole -> "", numbered -> ", the settings of INTERNAL_API_PAGINATION", link -> "");
        boolean counts =
                layout.list().total().isPresent() || layout.list().totalHeader().isPresent();
        boolean anySize =
                paging.fold(whole -> false, numbered -> numbered.pageSize().isEmpty(), link -> false);
        return new Trial.Finder(
                departments.stream()
                        .map(name -> Json.object().put(DEPARTMENT, name).put(LIMIT.name(), 1))
                        .toList(),
                (question, answer) -> further(paging, answer.path("total"))
                        .mapToObj(offset -> question.deepCopy().put(OFFSET.name(), offset))
                        .toList(),
                anySize ? Optional.of(PAGES) : Optional.empty(),
                JsonPointer.compile("/users/0/id"),
                (question, user) -> mayBeOf(layout, question.path(DEPARTMENT).textValue(), user.path(DEPARTMENT)),
                paths + " and USER_SERVICE_DEPARTMENTS",
                paths + (counts && !(paging instanceof Paging.Whole) ? ", INTERNAL_API_TOTAL" : "")
                        + " and USER_SERVICE_DEPARTMENTS",
                "check the filter in INTERNAL_API_DEPARTMENT_PATH: the API may ignore it; and"
                        + " INTERNAL_API_DEPARTMENT_VALUES, and department in INTERNAL_API_FIELD_MAP");
    }

    /**
     * Returns the offset of a user of the second page and, where a total is known, that of the last user, who is not
     * there if it is too large; no further than the 1,000th, by link the 500th, where an API may refuse or take long.
     */
    private static LongStream further(Paging paging, JsonNode total) {
        long next = paging.fold(whole -> 1, numbered -> numbered.ask(1), link -> 1);
        long furthest = paging instanceof Paging.Link ? 499 : 999;
        long last = total.asLong(next + 1) - 1;
        return LongStream.of(Math.min(next, last), Math.min(furthest, last))
                .map(offset -> Math.max(1, offset))
                .distinct();
    }

    /**
     * An API that takes the number of a user for that of a page, or tells how many it sent as the total, shows here.
     */
    private static Optional<String> contradiction(JsonNode one, JsonNode four, JsonNode two) {
        JsonNode users = four.path("users");
        boolean sameUsers =
                users.path(2).equals(two.at("/users/0")) && users.path(3).equals(two.at("/users/1"));
        if (!one.path("total").equals(four.path("total"))) {
            return Optional.of("INTERNAL_API_TOTAL");
        }
        return sameUsers ? Optional.empty() : Optional.of(NUMBERS);
    }

    /** A department that the API knows by a number or a UUID may have any name in a user's record. */
    private static boolean mayBeOf(ApiLayout layout, String department, JsonNode found) {
        String value = layout.departmentValue(department);
        return found.isMissingNode()
                || IdFormat.DIGITS.matches(value)
                || IdFormat.UUID.matches(value)
                || found.asText().equalsIgnoreCase(department)
                || found.asText().equalsIgnoreCase(value);
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
