package dev.userservice.call;

import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.userservice.model.CallFailure;
import dev.userservice.model.ErrorCode;
import dev.userservice.model.Json;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Reads an answer piece by piece as it arrives and keeps only what is selected, so its memory does not grow with the
 * answer. For one answer, one thread at a time.
 */
final class AnswerParser implements AnswerTokens.Taker {

  private final Selection selection;
  private final AnswerTokens tokens = new AnswerTokens(this);
  private final Deque<Level> levels = new ArrayDeque<>();
  private final List<JsonNode> records = new ArrayList<>();
  private final ObjectNode top = Json.object();
  private long count;
  private boolean listSeen;
  private int skipping;

  /** An object or array that is on the way to something wanted; {@code record} receives what is found in it. */
  private static final class Level {

    private final Selection.Branch branch;
    private final ObjectNode record;
    private final boolean array;
    private final boolean list;
    private long index;
    private String name = "";

    Level(Selection.Branch branch, ObjectNode record, boolean array, boolean list) {
      this.branch = branch;
      this.record = record;
      this.array = array;
      this.list = list;
    }

    String key() {
      return array ? Long.toString(index) : name;
    }
  }

  AnswerParser(Selection selection) {
    this.selection = selection;
  }

  /**
   * Takes the next piece.
   *
   * @throws CallFailure with {@link ErrorCode#UPSTREAM_CONTRACT} as soon as the answer cannot be what is expected
   */
  void feed(ByteBuffer piece) {
    tokens.feed(piece);
  }

  /**
   * Ends the answer.
   *
   * @throws CallFailure with {@link ErrorCode#UPSTREAM_CONTRACT} where it is cut, empty, or without the list
   */
  ApiAnswer finish() {
    tokens.finish();
    if (selection.list().isPresent() && !listSeen) {
      throw new CallFailure(ErrorCode.UPSTREAM_CONTRACT, "the answer does not hold what was asked for");
    }
    return new ApiAnswer(records, count, total());
  }

  private OptionalLong total() {
    JsonNode total = top.path("total");
    return total.isIntegralNumber() && total.canConvertToLong() && total.longValue() >= 0
        ? OptionalLong.of(total.longValue())
        : OptionalLong.empty();
  }

  @Override
  public boolean wantsNext() {
    Level level = levels.peek();
    boolean member = skipping == 0 && level != null && !level.list;
    return member && level.branch.child(level.key()).filter(Selection.Branch::isValue).isPresent();
  }

  @Override
  public void take(JsonToken token) throws IOException {
    if (skipping > 0) {
      skipping += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
    } else if (token == JsonToken.FIELD_NAME) {
      levels.peek().name = tokens.name();
    } else if (token.isStructEnd()) {
      levels.pop();
    } else {
      value(token);
    }
  }

  /** A value begins here: keep it, go down into it, or read past it. */
  private void value(JsonToken token) throws IOException {
    Level level = levels.peek();
    if (level == null) {
      enter(token, selection.root(), selection.list().isEmpty() ? addRecord() : top);
    } else if (level.list) {
      item(token, level);
    } else {
      Optional<Selection.Branch> branch = level.branch.child(level.key());
      if (branch.isPresent()) {
        member(token, level, branch.get());
      } else {
        pass(token);
      }
    }
    if (level != null) {
      level.index++;
    }
  }

  private void item(JsonToken token, Level list) {
    count++;
    if (!selection.wants(list.index)) {
      pass(token);
    } else if (token == JsonToken.START_OBJECT) {
      enter(token, list.branch, addRecord());
    } else {
      addRecord(); // no object, so none of its fields is there
      pass(token);
    }
  }

  private void member(JsonToken token, Level level, Selection.Branch branch) throws IOException {
    if (token.isStructStart()) {
      enter(token, branch, branch.items().isPresent() ? level.record : level.record.putObject(level.key()));
    } else if (branch.isValue()) {
      level.record.set(level.key(), scalar(token));
    }
  }

  private void enter(JsonToken token, Selection.Branch branch, ObjectNode record) {
    boolean array = token == JsonToken.START_ARRAY;
    if (branch.items().isPresent() && array) {
      listSeen = true;
      levels.push(new Level(branch.items().get(), record, true, true));
    } else if (token.isStructStart()) {
      levels.push(new Level(branch, record, array, false));
    }
  }

  private void pass(JsonToken token) {
    skipping += token.isStructStart() ? 1 : 0;
  }

  private ObjectNode addRecord() {
    ObjectNode record = Json.object();
    records.add(record);
    return record;
  }

  private JsonNode scalar(JsonToken token) throws IOException {
    JsonNodeFactory nodes = JsonNodeFactory.instance;
    return switch (token) {
      case VALUE_STRING -> nodes.textNode(tokens.text());
      case VALUE_NUMBER_INT -> nodes.numberNode(tokens.wholeNumber());
      case VALUE_NULL -> nodes.nullNode();
      default -> nodes.booleanNode(true); // a fraction or a boolean: no released field may be one
    };
  }
}
