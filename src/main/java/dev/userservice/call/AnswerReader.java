package dev.userservice.call;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.userservice.call.Selection.Branch;
import dev.userservice.model.CallFailure;
import dev.userservice.model.ErrorCode;
import dev.userservice.model.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.net.http.HttpHeaders;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Reads an answer from its first byte to its last and keeps only what is selected, so its memory does not grow with the
 * answer. Whatever is not one strict JSON value (RFC 8259) in valid UTF-8 is refused, and so are duplicate members,
 * more than 500 levels, more than 20,000 members in the objects open at a time, whose names have to be remembered, and
 * a selected string of more than 1,048,576 characters. For one answer and one thread.
 */
final class AnswerReader {

    private static final int MAX_OPEN_MEMBERS = 20_000;

    private static final JsonFactory FACTORY = Json.strict(StreamReadConstraints.builder()
            .maxNestingDepth(500)
            .maxStringLength(1024 * 1024)
            .build());

    private final JsonParser json;
    private final Selection selection;
    private final int marked;
    private final List<JsonNode> records = new ArrayList<>();
    private final List<Long> marks = new ArrayList<>();
    private final ObjectNode top = Json.object();
    private Optional<String> sign = Optional.empty();
    private int openMembers;
    private long count;
    private boolean listSeen;

    private AnswerReader(JsonParser json, Selection selection) {
        this.json = json;
        this.selection = selection;
        this.marked = selection.marked();
    }

    /**
     * Reads what is selected of an answer.
     *
     * @param headers what may say how long a list is and where it goes on
     * @param maxBytes the longest answer that is read
     * @throws CallFailure with {@link ErrorCode#UPSTREAM_CONTRACT} as soon as the answer cannot be what is expected
     * @throws IOException where {@code body} fails
     */
    static Fetched read(InputStream body, HttpHeaders headers, Selection selection, long maxBytes) throws IOException {
        try (Reader text = BoundedInput.text(body, maxBytes);
                JsonParser json = FACTORY.createParser(text)) {
            return new AnswerReader(json, selection).read(headers);
        } catch (JsonProcessingException | CharacterCodingException e) {
            throw new CallFailure(ErrorCode.UPSTREAM_CONTRACT, "the answer is not JSON", e);
        }
    }

    private Fetched read(HttpHeaders headers) throws IOException {
        if (next() == null) {
            throw CallFailure.contract("the answer is empty");
        }
        if (selection.list().isEmpty()) {
            records.add(top); // the answer is the one record
        }
        value(selection.root(), top);
        if (next() != null) {
            throw CallFailure.contract("the answer goes on after its end");
        }
        Optional<ListLayout> list = selection.list();
        OptionalLong total = list.map(own -> own.total(top, headers, count)).orElse(OptionalLong.empty());
        sign = list.flatMap(layout -> layout.sign(sign, top, headers));
        return new Fetched(
                listSeen, records, marks, count, total, list.flatMap(layout -> layout.next(top, headers)), sign);
    }

    /** Reads the value that begins here, something of which is selected, into {@code record}. */
    private void value(Branch branch, ObjectNode record) throws IOException {
        JsonToken start = json.currentToken();
        if (start == JsonToken.START_OBJECT) {
            while (next() == JsonToken.FIELD_NAME) {
                next();
                member(branch, json.currentName(), record);
            }
        } else if (start == JsonToken.START_ARRAY && branch.items.isPresent()) {
            items(branch.items.get());
        } else if (start == JsonToken.START_ARRAY) {
            for (int index = 0; next() != JsonToken.END_ARRAY; index++) {
                member(branch, Integer.toString(index), record); // RFC 6901, 4: a pointer names an element by its index
            }
        }
    }

    private void member(Branch parent, String name, ObjectNode record) throws IOException {
        Optional<Branch> branch = parent.child(name);
        JsonStreamContext inside = json.getParsingContext(); // of the value, where that is an object or an array
        if (branch.isEmpty()) {
            skip();
        } else if (json.currentToken().isStructStart()) {
            value(branch.get(), branch.get().items.isPresent() ? record : record.putObject(name));
        } else if (branch.get().value) {
            scalar(name, record);
        }
        Optional<String> pointer = branch.flatMap(known -> known.sign);
        if (sign.isEmpty() && pointer.isPresent() && shows(branch.get(), inside)) {
            sign = pointer; // what stands deeper comes first
        }
    }

    /** Returns whether the value that ends here is the one to look for, or else more than null, false or empty. */
    private boolean shows(Branch branch, JsonStreamContext inside) throws IOException {
        if (branch.flag.isPresent()) {
            return json.currentToken() == branch.flag.get();
        }
        return switch (json.currentToken()) {
            case VALUE_NULL, VALUE_FALSE -> false;
            case VALUE_STRING -> json.getTextLength() > 0;
            case VALUE_NUMBER_INT -> !branch.isPageNumber || !json.getText().equals("0");
            case END_OBJECT, END_ARRAY -> inside.hasCurrentIndex();
            default -> true;
        };
    }

    private void items(Branch item) throws IOException {
        listSeen = true;
        for (; next() != JsonToken.END_ARRAY; count++) {
            if (selection.wants(count) || count < marked) {
                keep(item);
            } else {
                skip();
            }
        }
    }

    private void keep(Branch item) throws IOException {
        ObjectNode record = Json.object();
        if (json.currentToken() == JsonToken.START_OBJECT) {
            value(item, record);
        } else {
            skip(); // no object, so none of its fields is there
        }
        if (selection.wants(count)) {
            records.add(record);
        }
        if (count < marked) {
            marks.add(Fingerprint.of(selection.values(record)));
        }
    }

    /** Reads past the value that begins here. */
    private void skip() throws IOException {
        if (json.currentToken().isStructStart()) {
            JsonStreamContext around = json.getParsingContext().getParent();
            while (json.getParsingContext() != around) {
                next();
            }
        }
    }

    private void scalar(String name, ObjectNode record) throws IOException {
        switch (json.currentToken()) {
            case VALUE_STRING -> record.put(name, json.getText());
            case VALUE_NUMBER_INT -> record.put(name, json.getBigIntegerValue());
            case VALUE_NUMBER_FLOAT -> record.put(name, json.getDecimalValue());
            case VALUE_NULL -> record.putNull(name);
            default -> record.put(name, json.getBooleanValue());
        }
    }

    /** Goes on to the next token; null after the last. */
    private JsonToken next() throws IOException {
        JsonStreamContext around = json.getParsingContext();
        JsonToken token = json.nextToken();
        if (token == JsonToken.FIELD_NAME && ++openMembers > MAX_OPEN_MEMBERS) {
            throw CallFailure.contract("the answer has objects of too many members");
        }
        if (token == JsonToken.END_OBJECT) {
            openMembers -= around.getEntryCount();
        }
        return token;
    }
}
