package dev.userservice.tools;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import dev.userservice.call.ApiAnswer;
import dev.userservice.call.ApiRequest;
import dev.userservice.call.Selection;
import dev.userservice.model.CallFailure;
import dev.userservice.model.ErrorCode;
import dev.userservice.model.Json;
import dev.userservice.sanitize.OutputField;
import dev.userservice.sanitize.OutputSchema;
import dev.userservice.validate.Arguments;
import dev.userservice.validate.InputSchema;
import dev.userservice.validate.Parameter;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** {@code get_user}: the released fields of one user. */
final class GetUser {

    static final String NAME = "get_user";

    /** The user asked for. */
    static final Parameter USER_ID =
            new Parameter.Digits("user_id", "user ID", "The user's numeric ID, as a string of 1 to 18 digits.", 18);

    private GetUser() {}

    /** @param released fields that may leave; id and name always do */
    static Tool tool(ApiLayout layout, Collection<String> released) {
        List<OutputField> fields = fields(layout, released);
        List<JsonPointer> wanted = fields.stream().map(OutputField::at).toList();
        return new Tool(
                NAME,
                "Get user",
                description(fields),
                "retrieve user",
                "User not found",
                new InputSchema(NAME, List.of(USER_ID)),
                new OutputSchema(fields),
                arguments ->
                        new ApiRequest(layout.userPath(), arguments.text(USER_ID), Map.of(), Selection.record(wanted)),
                (arguments, answer) -> requireSameUser(arguments, answer, layout.at("id")),
                result -> 1,
                new Tool.Trial(
                        user -> user.map(id -> Json.object().put(USER_ID.name(), id)),
                        JsonPointer.compile("/id"),
                        "check INTERNAL_API_USER_PATH and the user's ID"));
    }

    private static List<OutputField> fields(ApiLayout layout, Collection<String> released) {
        List<OutputField> all = List.of(
                new OutputField.Identifier("id", "The user's numeric ID.", layout.at("id"), true),
                new OutputField.Text("name", "The user's full name.", layout.at("name"), true),
                new OutputField.Text("email", "The user's e-mail address.", layout.at("email"), false),
                new OutputField.Text("status", "The account's status, for example active.", layout.at("status"), false),
                new OutputField.Text("department", "The department's name.", layout.at("department"), false));
        return all.stream()
                .filter(field -> field.required() || released.contains(field.name()))
                .toList();
    }

    private static String description(List<OutputField> fields) {
        String names = fields.stream().map(OutputField::name).collect(Collectors.joining(", "));
        return """
        Looks up one user of the company directory by numeric ID and returns: %s. \
        Use it when you have an ID; it cannot search by anything else. \
        A field the directory has no value for is left out. \
        "User not found" means there is no user with that ID: trying again does not help.""".formatted(names);
    }

    /** @throws CallFailure with {@link ErrorCode#UPSTREAM_CONTRACT} where the answer is about another user */
    static JsonNode requireSameUser(Arguments arguments, ApiAnswer answer, JsonPointer id) {
        JsonNode record = answer.records().get(0);
        if (!record.at(id).asText().equals(arguments.text(USER_ID))) {
            throw new CallFailure(
                    ErrorCode.UPSTREAM_CONTRACT, "the answer is about another user than the one asked for");
        }
        return record;
    }
}
