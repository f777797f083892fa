package dev.userservice.tools;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.userservice.call.ApiAnswer;
import dev.userservice.call.ApiRequest;
import dev.userservice.call.ListLayout;
import dev.userservice.call.Paging;
import dev.userservice.model.FieldSource;
import dev.userservice.model.IdFormat;
import dev.userservice.model.Json;
import dev.userservice.sanitize.OutputField;
import dev.userservice.sanitize.OutputSchema;
import dev.userservice.validate.Arguments;
import dev.userservice.validate.InputSchema;
import dev.userservice.validate.Parameter;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

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
            ", INTERNAL_API_LIMIT_PARAM, INTERNAL_API_START_PARAM and INTERNAL_API_START_FIRST";
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

    private static Tool tool(ApiLayout layout, ListLayout list, List<String> departments) {
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
                trial(layout, list, departments));
    }

    private static Trial trial(ApiLayout layout, ListLayout list, List<String> departments) {
        Paging paging = list.paging();
        String paths =
                "check the path in INTERNAL_API_URL, INTERNAL_API_DEPARTMENT_PATH, INTERNAL_API_DEPARTMENT_VALUES"
                        + paging.fold(whole -> "", numbered -> ", the settings of INTERNAL_API_PAGINATION", link -> "");
        boolean counts = list.total().isPresent() || list.totalHeader().isPresent();
        return new Trial.Finder(
                departments.stream()
                        .map(name -> Json.object().put(DEPARTMENT, name).put(LIMIT.name(), 1))
                        .toList(),
                (question, answer) -> further(paging, question, answer.path("total")),
                list.fromZero().map(counted -> tool(layout, counted, departments)),
                answers -> contradiction(paging, answers),
                JsonPointer.compile("/users/0/id"),
                (question, user) -> mayBeOf(layout, question.path(DEPARTMENT).textValue(), user.path(DEPARTMENT)),
                paths + " and USER_SERVICE_DEPARTMENTS",
                paths + (counts && !(paging instanceof Paging.Whole) ? ", INTERNAL_API_TOTAL" : "")
                        + " and USER_SERVICE_DEPARTMENTS",
                "check the filter in INTERNAL_API_DEPARTMENT_PATH: the API may ignore it; and"
                        + " INTERNAL_API_DEPARTMENT_VALUES, and department in INTERNAL_API_FIELD_MAP");
    }

    /**
     * Returns questions about a user of the second page; pages of two sizes, where the API knows more than one; and the
     * last user, where a total is known, who is not there if it is too large: no further than the 1,000th, by link the
     * 500th, where an API may refuse or take long.
     */
    private static List<ObjectNode> further(Paging paging, ObjectNode question, JsonNode total) {
        long next = paging.fold(whole -> 1, numbered -> numbered.ask(1), link -> 1);
        boolean anySize =
                paging.fold(whole -> false, numbered -> numbered.pageSize().isEmpty(), link -> false);
        long furthest = paging instanceof Paging.Link ? 499 : 999;
        long last = Math.max(1, total.asLong(next + 1) - 1);
        Set<ObjectNode> questions = new LinkedHashSet<>(List.of(part(question, Math.min(next, last), 1)));
        if (anySize) {
            questions.addAll(List.of(part(question, 0, 4), part(question, 2, 2)));
        }
        questions.add(part(question, Math.min(furthest, last), 1));
        return List.copyOf(questions);
    }

    private static ObjectNode part(ObjectNode question, long offset, int limit) {
        return question.deepCopy().put(LIMIT.name(), limit).put(OFFSET.name(), offset);
    }

    /** A place in the list and who stands there. */
    private record Place(long number, String user) {}

    /** Pages go together where the list has one total, each place one user, and each user one place. */
    private static Optional<String> contradiction(Paging paging, List<JsonNode> pages) {
        long totals = pages.stream()
                .map(page -> page.path("total"))
                .filter(JsonNode::isNumber)
                .distinct()
                .count();
        if (totals > 1) {
            return Optional.of("INTERNAL_API_TOTAL");
        }
        Set<Place> places =
                pages.stream().flatMap(ListUsersByDepartment::places).collect(Collectors.toSet());
        long numbers = places.stream().map(Place::number).distinct().count();
        long users = places.stream().map(Place::user).distinct().count();
        return numbers == places.size() && users == places.size()
                ? Optional.empty()
                : Optional.of("INTERNAL_API_PAGINATION"
                        + paging.fold(whole -> "", numbered -> NUMBERS, link -> " and INTERNAL_API_NEXT_POINTER"));
    }

    /** Returns the places of a page, with the one after its end where it is not full; no ID has a blank in it. */
    private static Stream<Place> places(JsonNode page) {
        List<String> users = new ArrayList<>(page.path("users").findValuesAsText("id"));
        long offset = page.path(OFFSET.name()).asLong();
        if (users.size() < page.path(LIMIT.name()).asInt()) {
            users.add("nobody at " + (offset + users.size()));
        }
        return IntStream.range(0, users.size()).mapToObj(index -> new Place(offset + index, users.get(index)));
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
