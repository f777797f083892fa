package dev.userservice.mcp;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.userservice.model.ErrorCode;
import dev.userservice.model.Json;
import dev.userservice.model.Outcome;
import dev.userservice.model.Redactor;
import io.modelcontextprotocol.spec.McpServerTransport;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one way out: every message is rendered and redacted here and handed to the transport one at a time, and every
 * accepted request is answered at most once. Whatever cannot be rendered becomes an internal error. Thread-safe.
 */
final class Answers {

  private static final Logger LOG = LoggerFactory.getLogger(Answers.class);

  private final McpServerTransport transport;
  private final Ledger ledger;
  private final Redactor redactor;

  Answers(McpServerTransport transport, Ledger ledger, Redactor redactor) {
    this.transport = transport;
    this.ledger = ledger;
    this.redactor = redactor;
  }

  /** Answers the request with this key; nothing where it is answered or dropped already. */
  void result(long key, ObjectNode result) {
    answer(key, id -> Outbound.result(id, result, redactor));
  }

  void error(long key, ProtocolError error) {
    error(key, error.error());
  }

  void error(long key, ObjectNode error) {
    answer(key, id -> Outbound.error(Optional.of(id), error, redactor));
  }

  /** Tells an error about a line that is no accepted request. */
  void error(Optional<String> id, ProtocolError error) {
    ledger.sending();
    send(Outbound.error(id, error.error(), redactor));
  }

  void notification(String method, ObjectNode params) {
    ledger.sending();
    send(Outbound.notification(method, params, redactor));
  }

  /**
   * Answers a tool call: nothing for a cancelled one, a JSON-RPC error for what was no call of a tool, a result for the
   * rest.
   *
   * @param malformed the error for a call that is malformed
   * @param dress what the era adds to a result
   */
  void outcome(long key, Outcome outcome, ObjectNode malformed, UnaryOperator<ObjectNode> dress) {
    Optional<ErrorCode> code = outcome.fold(success -> Optional.empty(), failure -> Optional.of(failure.code()));
    if (code.equals(Optional.of(ErrorCode.CANCELLED))) {
      ledger.drop(key);
    } else if (code.equals(Optional.of(ErrorCode.UNKNOWN_TOOL))) {
      error(key, ProtocolError.UNKNOWN_TOOL);
    } else if (code.equals(Optional.of(ErrorCode.INVALID_PARAMS))) {
      error(key, malformed);
    } else {
      result(key, dress.apply(Results.toolResult(outcome)));
    }
  }

  private void answer(long key, Function<String, Outbound> rendering) {
    Optional<String> open = ledger.answer(key);
    if (open.isEmpty()) {
      return;
    }
    Outbound message;
    try {
      message = rendering.apply(open.get());
    } catch (RuntimeException | StackOverflowError e) {
      LOG.error("an answer could not be rendered ({})", e.getClass().getSimpleName());
      message = Outbound.error(open, ProtocolError.INTERNAL_ERROR.error(), redactor);
    }
    send(message);
  }

  /** The transport's queue takes from one thread at a time; from two it loses a message and then its hearing. */
  private synchronized void send(Outbound message) {
    ledger.queued(message.line().length());
    transport
        .sendMessage(message)
        .subscribe(
            sent -> {},
            trouble -> {
              ledger.written(); // it never will be: the writer is gone
              LOG.warn("a message could not be sent ({})", trouble.getClass().getSimpleName());
            });
  }
}
