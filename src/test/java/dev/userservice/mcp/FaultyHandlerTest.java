package dev.userservice.mcp;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.userservice.model.Json;
import dev.userservice.model.Redactor;
import dev.userservice.tools.UserTools;
import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpServerSession;
import io.modelcontextprotocol.spec.McpServerTransport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Mono;

/** Whatever becomes of a request within the SDK, one answer leaves, and nothing of the trouble is in it. */
final class FaultyHandlerTest {

  private static final String INTERNAL_ERROR =
      "{\"jsonrpc\":\"2.0\",\"id\":\"a\",\"error\":{\"code\":-32603,\"message\":\"Internal error\"}}";

  private final List<String> sent = new ArrayList<>();
  private final Ledger ledger = new Ledger();
  private final ServerCard card = new ServerCard("s", "S", "1", "", JsonNodeFactory.instance.arrayNode());
  private final McpServerTransport pipe = new Pipe();
  private final Answers answers = new Answers(pipe, ledger, new Redactor());
  private final GuardedTransport transport = new GuardedTransport(pipe, answers, new Results(card));

  /** The SDK's transport, as far as it is used: it takes lines. */
  private final class Pipe implements McpServerTransport {

    @Override
    public Mono<Void> sendMessage(McpSchema.JSONRPCMessage message) {
      return Mono.fromRunnable(() -> sent.add(((Outbound) message).line()));
    }

    @Override
    public <T> T unmarshalFrom(Object data, TypeRef<T> type) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Mono<Void> closeGracefully() {
      return Mono.empty();
    }
  }

  /** The SDK's session, its handlers replaced by one that fails. */
  private final class Faulty extends McpServerSession {

    private final Function<McpServerTransport, Mono<Void>> handler;
    private boolean initialized;

    Faulty(Function<McpServerTransport, Mono<Void>> handler) {
      super("id", Duration.ofSeconds(1), transport, request -> Mono.empty(), Map.of(), Map.of());
      this.handler = handler;
    }

    @Override
    public Mono<Void> handle(McpSchema.JSONRPCMessage message) {
      if (initialized && message instanceof McpSchema.JSONRPCRequest) {
        return handler.apply(transport);
      }
      initialized = true;
      return Mono.empty();
    }
  }

  static Stream<Arguments> faults() {
    return Stream.of(
        fault("throws", pipe -> {
          throw new IllegalStateException("secret");
        }),
        fault("overflows the stack", pipe -> {
          throw new StackOverflowError("secret");
        }),
        fault("returns null", pipe -> null),
        fault("fails later", pipe -> Mono.error(new IllegalStateException("secret"))),
        fault("answers nothing", pipe -> Mono.empty()),
        fault("builds a result that cannot be written",
            pipe -> pipe.sendMessage(McpSchema.JSONRPCResponse.result(2L, new Object()))),
        fault("answers twice", pipe -> {
          McpSchema.JSONRPCResponse.JSONRPCError error = new McpSchema.JSONRPCResponse.JSONRPCError(-32603, "secret");
          McpSchema.JSONRPCResponse response = McpSchema.JSONRPCResponse.error(2L, error);
          return pipe.sendMessage(response).then(pipe.sendMessage(response));
        }));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("faults")
  void leavesOneFixedAnswer(String what, Function<McpServerTransport, Mono<Void>> handler) {
    UserTools unused = null; // a list is not a call
    GuardedSession session =
        new GuardedSession(
            new Faulty(handler), transport, unused, ledger, answers, new ModernEra(card, unused, ledger, answers));
    receive(session, "i", "initialize", Json.object().put("protocolVersion", "2025-11-25"));
    sent.clear();
    receive(session, "a", "tools/list", Json.object());
    assertEquals(List.of(INTERNAL_ERROR), sent, what);
  }

  @Test
  void aResultThatCannotBeRenderedBecomesAnInternalError() {
    long key = ledger.open("\"a\"").orElseThrow();
    ObjectNode result = Json.object();
    result.putPOJO("x", new Object());
    answers.result(key, result);
    assertEquals(List.of(INTERNAL_ERROR), sent);
  }

  private static void receive(GuardedSession session, String id, String method, ObjectNode params) {
    Inbound request = new Inbound.Request("\"" + id + "\"", method, params, true);
    session.handle(new McpSchema.JSONRPCNotification(method, request)).block();
  }

  private static Arguments fault(String what, Function<McpServerTransport, Mono<Void>> handler) {
    return Arguments.of(what, handler);
  }
}
