package dev.userservice.tools;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import dev.userservice.call.ApiAnswer;
import dev.userservice.call.ApiRequest;
import dev.userservice.model.CallFailure;
import dev.userservice.model.ErrorCode;
import dev.userservice.model.IdFormat;
import dev.userservice.model.Json;
import dev.userservice.sanitize.OutputField;
import dev.userservice.sanitize.OutputSchema;
import dev.userservice.validate.InputSchema;
import dev.userservice.validate.Parameter;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** {@code get_user}: the released fields of one user. */
final class GetUser {

    static final String NAME = "get_user";

    private GetUser() {}

    /** @param released fields that may leave; id and name always do */
    static Tool tool(ApiLayout layout, Collection<String> released) {
        IdFormat format = layout.idFormat();
        Parameter userId = new Parameter.Id("user_id", "user ID", "The user's ID, " + format.rule() + ".", format);
        OutputSchema user = schema(layout, released);
        List<JsonPointer> wanted = layout.pointers(user);
        return new Tool(
                NAME,
                "Get user",
                description(layout, user.fields()),
                "retrieve user",
                "User not found",
                new InputSchema(NAME, List.of(userId)),
                user,
                arguments -> ApiRequest.record(layout.userPath(), arguments.text(userId), wanted),
                (arguments, answer) -> requireSameUser(arguments.text(userId), answer, layout),
                arguments -> 1,
                result -> 1,
                new Trial.Getter(
                        id -> Json.object().put(userId.name(), id),
                        format.nobody(),
                        "check the path in INTERNAL_API_URL, INTERNAL_API_USER_PATH and the user's ID"));
    }

    /** Returns the fields of a user that may leave: id and name, and whatever else is released. */
    static OutputSchema schema(ApiLayout layout, Collection<String> released) {
        Stream<OutputField> all = Stream.of(
                new OutputField.Identifier("id", "The user's ID.", layout.source("id"), layout.idFormat()),
                new OutputField.Text("name", "The user's full name.", layout.source("name"), true),
                new OutputField.Text("email", "The user's e-mail address.", layout.source("email"), false),
                new OutputField.Word(
                        "status",
                        "The account's status, for example active.",
                        layout.source("status"),
                        layout.statusValues()),
                new OutputField.Text("department", "The department's name.", layout.source("department"), false));
        return new OutputSchema(all.filter(field -> field.required() || released.contains(field.name()))
                .toList());
    }

    private static String description(ApiLayout layout, List<OutputField> fields) {
        String names = fields.stream().map(OutputField::name).collect(Collectors.joining(", "));
        return """
        Looks up one user by ID, %s, and returns: %s. \
        A missing field means unknown, nothing else. \
        %s, so never guess an ID.""".formatted(layout.idFormat().rule(), names, layout.noSearch());
    }

    /**
     * Returns the record of an answer about one user.
     *
     * @throws CallFailure with {@link ErrorCode#NOT_FOUND} where no record is where it should stand, with
     *     {@link ErrorCode#UPSTREAM_CONTRACT} where it is about another user than the one asked for, or does not say
     *     about whom
     */
    static JsonNode requireSameUser(String asked, ApiAnswer answer, ApiLayout layout) {
        JsonNode record = answer.records().get(0).at(layout.record());
        if (record.isMissingNode() || record.isNull()) {
            throw new CallFailure(ErrorCode.NOT_FOUND, "the answer holds no record at INTERNAL_API_RECORD_POINTER")
                    .remedy("check INTERNAL_API_RECORD_POINTER, INTERNAL_API_USER_PATH and the user's ID");
        }
        JsonNode id = layout.source("id").find(record);
        if (id.isMissingNode()) {
            throw CallFailure.contract(
                    "a required field is missing from a record: id",
                    "check id in INTERNAL_API_FIELD_MAP, and INTERNAL_API_RECORD_POINTER");
        }
        if (!layout.idFormat().same(id.asText(), asked)) {
            throw CallFailure.contract(
                    "the answer is about another user than the one asked for",
                    "check INTERNAL_API_USER_PATH and id in INTERNAL_API_FIELD_MAP");
        }
        return record;
    }
}
