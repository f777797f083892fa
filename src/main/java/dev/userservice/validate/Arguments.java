package dev.userservice.validate;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.userservice.model.CallFailure;
import dev.userservice.model.ErrorCode;
import java.util.Map;
import java.util.Optional;

/**
 * A call's arguments after {@link InputSchema#check}, which looks at each of them once.
 *
 * @param recorded what a record of the call may hold: the declared arguments given, canonical where they can be
 * @param values every declared argument in declared order and canonical form, unless they are refused
 * @param refusal what the caller is told where they break the schema
 */
public record Arguments(ObjectNode recorded, Map<String, JsonNode> values, Optional<String> refusal) {

    /** @throws CallFailure with {@link ErrorCode#INVALID_INPUT} where they are refused */
    public Arguments requireAccepted() {
        if (refusal.isPresent()) {
            throw new CallFailure(ErrorCode.INVALID_INPUT, refusal.get());
        }
        return this;
    }

    public String text(Parameter parameter) {
        return values.get(parameter.name()).textValue();
    }

    public int number(Parameter parameter) {
        return values.get(parameter.name()).intValue();
    }
}
