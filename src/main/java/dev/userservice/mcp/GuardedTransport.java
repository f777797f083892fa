package dev.userservice.mcp;

import io.modelcontextprotocol.json.TypeRef;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpServerTransport;
import reactor.core.publisher.Mono;

/**
 * What the SDK's session sends through: results in our own rendering, errors with our fixed messages, nothing that is
 * not the answer to an open request.
 */
final class GuardedTransport implements McpServerTransport {

  private final McpServerTransport transport;
  private final Answers answers;
  private final Results results;

  GuardedTransport(McpServerTransport transport, Answers answers, Results results) {
    this.transport = transport;
    this.answers = answers;
    this.results = results;
  }

  @Override
  public Mono<Void> sendMessage(McpSchema.JSONRPCMessage message) {
    return Mono.fromRunnable(
        () -> {
          if (message instanceof McpSchema.JSONRPCResponse response && response.id() instanceof Long key) {
            send(key, response);
          }
        });
  }

  private void send(long key, McpSchema.JSONRPCResponse response) {
    if (response.error() != null) {
      answers.error(key, ProtocolError.of(response.error().code()));
      return;
    }
    try {
      answers.result(key, results.of(response.result()));
    } catch (IllegalArgumentException e) {
      answers.error(key, ProtocolError.INTERNAL_ERROR);
    }
  }

  @Override
  public <T> T unmarshalFrom(Object data, TypeRef<T> type) {
    return transport.unmarshalFrom(data, type);
  }

  @Override
  public Mono<Void> closeGracefully() {
    return transport.closeGracefully();
  }
}
