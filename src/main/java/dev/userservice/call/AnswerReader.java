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
import java.io.BufferedReader;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
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

    private static final int MAX_LEVELS = 500;
    private static final int MAX_OPEN_MEMBERS = 20_000;
    private static final int MAX_STRING_CHARS = 1024 * 1024;

    private static final JsonFactory FACTORY = Json.strict(StreamReadConstraints.builder()
            .maxNestingDepth(MAX_LEVELS)
            .maxStringLength(MAX_STRING_CHARS)
            .build());

    private final JsonParser json;
    private final Selection selection;
    private final List<JsonNode> records = new ArrayList<>();
    private final ObjectNode top = Json.object();
    private int openMembers;
    private long count;
    private boolean listSeen;

    private AnswerReader(JsonParser json, Selection selection) {
        this.json = json;
        this.selection = selection;
    }

    /**
     * Reads what is selected of an answer.
     *
     * @param maxBytes the longest answer that is read
     * @throws CallFailure with {@link ErrorCode#UPSTREAM_CONTRACT} as soon as the answer cannot be what is expected
     * @throws IOException where {@code body} fails
     */
    static ApiAnswer read(InputStream body, Selection selection, long maxBytes) throws IOException {
        // A decoder of its own, since it refuses what is not valid UTF-8; the parser's would make characters of it.
        Reader decoder = new InputStreamReader(new BoundedInput(body, maxBytes), StandardCharsets.UTF_8.newDecoder());
        try (Reader text = new BufferedReader(decoder);
                JsonParser json = FACTORY.createParser(text)) {
            text.mark(1);
            if (text.read() != '\uFEFF') { // a byte order mark
                text.reset();
            }
            return new AnswerReader(json, selection).read();
        } catch (JsonProcessingException | CharacterCodingException e) {
            throw new CallFailure(ErrorCode.UPSTREAM_CONTRACT, "the answer is not JSON", e);
        }
    }

    private ApiAnswer read() throws IOException {
        if (next() == null) {
            throw refusal("the answer is empty");
        }
        value(selection.root(), selection.list().isEmpty() ? addRecord() : top);
        if (next() != null) {
            throw refusal("the answer goes on after its end");
        }
        if (selection.list().isPresent() && !listSeen) {
            throw refusal("the answer does not hold what was asked for");
        }
        return new ApiAnswer(records, count, total());
    }

    /** Reads the value that begins here, something of which is selected, into {@code record}. */
    private void value(Branch branch, ObjectNode record) throws IOException {
        JsonToken start = json.currentToken();
        if (start == JsonToken.START_OBJECT) {
            while (next() == JsonToken.FIELD_NAME) {
                next();
                member(branch, json.currentName(), record);
            }
        } else if (start == JsonToken.START_ARRAY && branch.items().isPresent()) {
            items(branch.items().get());
        } else if (start == JsonToken.START_ARRAY) {
            for (int index = 0; next() != JsonToken.END_ARRAY; index++) {
                member(branch, Integer.toString(index), record); // RFC 6901, 4: a pointer names an element by its index
            }
        }
    }

    private void member(Branch parent, String name, ObjectNode record) throws IOException {
        Optional<Branch> branch = parent.child(name);
        if (branch.isEmpty()) {
            skip();
        } else if (json.currentToken().isStructStart()) {
            value(branch.get(), branch.get().items().isPresent() ? record : record.putObject(name));
        } else if (branch.get().isValue()) {
            scalar(name, record);
        }
    }

    private void items(Branch item) throws IOException {
        listSeen = true;
        for (; next() != JsonToken.END_ARRAY; count++) {
            if (!selection.wants(count)) {
                skip();
            } else if (json.currentToken() == JsonToken.START_OBJECT) {
                value(item, addRecord());
            } else {
                addRecord(); // no object, so none of its fields is there
                skip();
            }
        }
    }

    private ObjectNode addRecord() {
        ObjectNode record = Json.object();
        records.add(record);
        return record;
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
            throw refusal("the answer has objects of too many members");
        }
        if (token == JsonToken.END_OBJECT) {
            openMembers -= around.getEntryCount();
        }
        return token;
    }

    private OptionalLong total() {
        JsonNode total = top.at(Selection.TOTAL);
        boolean whole = total.isIntegralNumber() && total.canConvertToLong() && total.longValue() >= 0;
        return whole ? OptionalLong.of(total.longValue()) : OptionalLong.empty();
    }

    private static CallFailure refusal(String sentence) {
        return new CallFailure(ErrorCode.UPSTREAM_CONTRACT, sentence);
    }

    /** Fails at the first byte too many. */
    private static final class BoundedInput extends FilterInputStream {

        private long left;

        BoundedInput(InputStream in, long maxBytes) {
            super(in);
            this.left = maxBytes;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            int count = super.read(target, offset, length);
            left -= Math.max(0, count);
            if (left < 0) {
                throw refusal("the answer is longer than the configured limit");
            }
            return count;
        }
    }
}
