package dev.userservice.mcp;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.userservice.model.Json;
import dev.userservice.tools.CallRequest;
import dev.userservice.tools.UserTools;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Requests of revision 2026-07-28, which carry version, client and capabilities in their {@code _meta} and need no
 * handshake: each is answered from itself alone. To be deleted when the SDK speaks the revision.
 *
 * @see <a href="https://modelcontextprotocol.io/specification/2026-07-28/basic">the specification</a>
 */
final class ModernEra {

  static final String VERSION = "2026-07-28";

  private static final String PREFIX = "io.modelcontextprotocol/";
  private static final String PROTOCOL_VERSION = PREFIX + "protocolVersion";
  private static final String CLIENT_INFO = PREFIX + "clientInfo";
  private static final String CLIENT_CAPABILITIES = PREFIX + "clientCapabilities";
  private static final String SERVER_INFO = PREFIX + "serverInfo";
  private static final String SUBSCRIPTION_ID = PREFIX + "subscriptionId";

  private static final String DISCOVER = "server/discover";
  private static final String LISTEN = "subscriptions/listen";

  private static final int TTL_MILLIS = 300_000;
  private static final int MAX_SUBSCRIPTIONS = 1_000;

  private final ServerCard card;
  private final Results results;
  private final UserTools tools;
  private final Ledger ledger;
  private final Answers answers;
  private final Map<Long, JsonNode> subscriptions = new ConcurrentHashMap<>();

  ModernEra(ServerCard card, UserTools tools, Ledger ledger, Answers answers) {
    this.card = card;
    this.results = new Results(card);
    this.tools = tools;
    this.ledger = ledger;
    this.answers = answers;
  }

  /** Returns whether a request is of this era, by its metadata or because its method exists in no other. */
  static boolean speaks(Inbound.Request request) {
    ObjectNode meta = request.meta();
    return meta.has(PROTOCOL_VERSION)
        || meta.has(CLIENT_INFO)
        || meta.has(CLIENT_CAPABILITIES)
        || request.method().equals(DISCOVER)
        || request.method().equals(LISTEN);
  }

  void handle(long key, Inbound.Request request) {
    Optional<ObjectNode> refusal = refusal(request.meta());
    if (request.method().equals("tools/call")) {
      call(key, request, refusal);
      return;
    }
    if (refusal.isPresent()) {
      answers.error(key, refusal.get());
      return;
    }
    switch (request.method()) {
      case DISCOVER -> answers.result(key, discovery());
      case "tools/list" -> answers.result(key, cacheable(results.toolList()));
      case LISTEN -> listen(key, request);
      default -> answers.error(key, ProtocolError.METHOD_NOT_FOUND);
    }
  }

  /** Says what is wrong with a request's metadata: an unknown version first, since it may have other rules. */
  private static Optional<ObjectNode> refusal(ObjectNode meta) {
    JsonNode version = meta.path(PROTOCOL_VERSION);
    if (version.isTextual() && !version.textValue().equals(VERSION)) {
      ObjectNode error = ProtocolError.UNSUPPORTED_PROTOCOL_VERSION.error();
      ObjectNode data = error.putObject("data");
      data.putArray("supported").add(VERSION);
      data.put("requested", version.textValue());
      return Optional.of(error);
    }
    boolean complete =
        version.isTextual()
            && meta.path(CLIENT_CAPABILITIES).isObject()
            && (!meta.has(CLIENT_INFO) || isImplementation(meta.path(CLIENT_INFO)));
    return complete ? Optional.empty() : Optional.of(ProtocolError.INVALID_PARAMS.error());
  }

  private static boolean isImplementation(JsonNode client) {
    return client.path("name").isTextual() && client.path("version").isTextual();
  }

  private ObjectNode discovery() {
    ObjectNode discovery = Json.object();
    discovery.putArray("supportedVersions").add(VERSION);
    discovery.set("capabilities", card.capabilities());
    return cacheable(discovery.put("instructions", card.instructions()));
  }

  /** A call leaves its audit line even where its metadata has it refused. */
  private void call(long key, Inbound.Request request, Optional<ObjectNode> refusal) {
    Optional<String> client = Client.name(request.meta().path(CLIENT_INFO));
    dev.userservice.model.Call running = tools.accept(new CallRequest(request.params(), client, refusal.isEmpty() ? CallRequest.Admission.ADMITTED : CallRequest.Admission.MALFORMED));
    ledger.cancellable(key, () -> tools.cancel(running));
    running
        .outcome()
        .thenAccept(
            outcome ->
                answers.outcome(
                    key, outcome, refusal.orElseGet(ProtocolError.INVALID_PARAMS::error), this::complete));
  }

  /** Nothing here ever changes, so no kind of notification is agreed to, and the subscription stays silent. */
  private void listen(long key, Inbound.Request request) {
    if (!request.params().path("notifications").isObject() || subscriptions.size() >= MAX_SUBSCRIPTIONS) {
      answers.error(key, ProtocolError.INVALID_PARAMS);
      return;
    }
    JsonNode id = parsed(request.id());
    subscriptions.put(key, id);
    ledger.cancellable(
        key,
        () -> {
          subscriptions.remove(key);
          ledger.drop(key);
        });
    ObjectNode acknowledgment = Json.object();
    acknowledgment.putObject("_meta").set(SUBSCRIPTION_ID, id);
    acknowledgment.putObject("notifications");
    answers.notification("notifications/subscriptions/acknowledged", acknowledgment);
  }

  /** Ends every subscription in good order, as the server does before it goes. */
  void completeSubscriptions() {
    for (long key : List.copyOf(subscriptions.keySet())) {
      JsonNode id = subscriptions.remove(key);
      if (id != null) {
        ObjectNode end = complete(Json.object());
        end.withObject("/_meta").set(SUBSCRIPTION_ID, id);
        answers.result(key, end);
      }
    }
  }

  private ObjectNode cacheable(ObjectNode result) {
    return complete(result.put("ttlMs", TTL_MILLIS).put("cacheScope", "private"));
  }

  private ObjectNode complete(ObjectNode result) {
    result.put("resultType", "complete");
    result.withObject("/_meta").set(SERVER_INFO, card.serverInfo());
    return result;
  }

  private static JsonNode parsed(String id) {
    try {
      return Json.parse(id);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e); // it was written from a tree
    }
  }
}
