package dev.userservice.call;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.async.ByteBufferFeeder;
import dev.userservice.model.CallFailure;
import dev.userservice.model.ErrorCode;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;

/**
 * Cuts an answer into JSON tokens as its bytes arrive, and refuses what is not one strict JSON value: duplicate members,
 * a second value, more than 500 levels, more than 20,000 members in the objects open at a time, whose names have to be
 * remembered, or a wanted string of more than 1,048,576 characters. For one answer, one thread at a time.
 */
final class AnswerTokens {

  private static final int MAX_LEVELS = 500;
  private static final int MAX_OPEN_MEMBERS = 20_000;
  private static final int MAX_STRING_CHARS = 1024 * 1024;

  /** So that a string is known by its name long before it is found to be long. */
  private static final int MAX_PIECE_BYTES = 64 * 1024;

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder().maxNestingDepth(MAX_LEVELS).maxStringLength(MAX_STRING_CHARS).build())
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES) // thousands of names would be kept for ever
          .build();

  /** No byte but white space. */
  private static final int NO_BYTE = 0;

  private final Taker taker;
  private final LongStrings strings;
  private final JsonParser parser;
  private final ByteBufferFeeder feeder;
  private final int[] members = new int[MAX_LEVELS + 2];
  private int level;
  private int openMembers;
  private boolean begun;
  private boolean afterComma;

  /** Whom the tokens are for. */
  interface Taker {

    /** Takes a token; meanwhile the methods below tell what it holds. */
    void take(JsonToken token) throws IOException;

    /** Returns whether the value that follows what was taken is wanted. */
    boolean wantsNext();
  }

  AnswerTokens(Taker taker) {
    this.taker = taker;
    this.strings = new LongStrings(taker::wantsNext);
    try {
      this.parser = FACTORY.createNonBlockingByteBufferParser();
    } catch (IOException e) {
      throw new IllegalStateException(e); // nothing is read yet
    }
    this.feeder = (ByteBufferFeeder) parser.getNonBlockingInputFeeder();
  }

  /**
   * Takes the next piece.
   *
   * @throws CallFailure with {@link ErrorCode#UPSTREAM_CONTRACT} as soon as this cannot become strict JSON
   */
  void feed(ByteBuffer piece) {
    while (piece.remaining() > MAX_PIECE_BYTES) {
      feedPart(piece.slice(piece.position(), MAX_PIECE_BYTES));
      piece.position(piece.position() + MAX_PIECE_BYTES);
    }
    feedPart(piece);
  }

  private void feedPart(ByteBuffer piece) {
    boolean danglingComma = afterComma && firstOf(piece) == '}';
    int last = lastOf(piece);
    afterComma = last == ',' || last == NO_BYTE && afterComma;
    try {
      feeder.feedInput(strings.shorten(piece));
      // The parser takes {"a":1,} for an object where a piece ends between the comma and the brace.
      if (next() == JsonToken.END_OBJECT && danglingComma) {
        throw new JsonParseException(parser, "a comma before the end of an object");
      }
      drain();
    } catch (IOException e) {
      throw notJson(e);
    }
  }

  /**
   * Ends the answer.
   *
   * @throws CallFailure with {@link ErrorCode#UPSTREAM_CONTRACT} where it is cut or empty
   */
  void finish() {
    try {
      feeder.endOfInput();
      drain();
    } catch (IOException e) {
      throw notJson(e);
    }
    if (!isWhole()) {
      throw new CallFailure(ErrorCode.UPSTREAM_CONTRACT, "the answer is empty or cut");
    }
  }

  String name() throws IOException {
    return parser.currentName();
  }

  String text() throws IOException {
    return parser.getText();
  }

  BigInteger wholeNumber() throws IOException {
    return parser.getBigIntegerValue();
  }

  private boolean isWhole() {
    return begun && level == 0;
  }

  private static int firstOf(ByteBuffer piece) {
    for (int i = piece.position(); i < piece.limit(); i++) {
      if ((piece.get(i) & 0xFF) > ' ') {
        return piece.get(i);
      }
    }
    return NO_BYTE;
  }

  private static int lastOf(ByteBuffer piece) {
    for (int i = piece.limit() - 1; i >= piece.position(); i--) {
      if ((piece.get(i) & 0xFF) > ' ') {
        return piece.get(i);
      }
    }
    return NO_BYTE;
  }

  private void drain() throws IOException {
    JsonToken token;
    do {
      token = next();
    } while (token != null && token != JsonToken.NOT_AVAILABLE);
  }

  private JsonToken next() throws IOException {
    JsonToken token = parser.nextToken();
    if (token != null && token != JsonToken.NOT_AVAILABLE) {
      if (isWhole()) {
        throw new CallFailure(ErrorCode.UPSTREAM_CONTRACT, "the answer goes on after its end");
      }
      begun = true;
      count(token);
      taker.take(token);
    }
    return token;
  }

  private void count(JsonToken token) {
    if (token.isStructStart()) {
      level++;
    } else if (token.isStructEnd()) {
      openMembers -= members[level];
      members[level--] = 0;
    } else if (token == JsonToken.FIELD_NAME) {
      members[level]++;
      if (++openMembers > MAX_OPEN_MEMBERS) {
        throw new CallFailure(ErrorCode.UPSTREAM_CONTRACT, "the answer has objects of too many members");
      }
    }
  }

  private static CallFailure notJson(IOException cause) {
    return new CallFailure(ErrorCode.UPSTREAM_CONTRACT, "the answer is not JSON", cause);
  }
}
