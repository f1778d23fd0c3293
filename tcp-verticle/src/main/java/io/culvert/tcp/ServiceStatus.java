package io.culvert.tcp;

import io.culvert.tcp.config.TcpServiceOptions;
import io.culvert.tcp.wire.HmacAuth;
import io.vertx.core.json.JsonObject;
import org.jspecify.annotations.Nullable;

/** What a service has done, and how much of its limits is used; asked on its event loop. */
final class ServiceStatus {
  private ServiceStatus() {}

  static JsonObject json(
      TcpServiceOptions options, TcpServer server, Feeds feeds, @Nullable HmacAuth auth) {
    return new JsonObject()
        .put("dialect", options.dialect().id())
        .put("counters", counters(server, auth))
        .put(
            "limits",
            new JsonObject()
                .put("connections", use(server.clients().size(), options.maximumConnections()))
                .put("busSubscriptions", use(feeds.size(), options.maximumBusSubscriptions()))
                .put(
                    "receivedBytes",
                    use(
                        server.receiveBudget().heldBytes(),
                        server.receiveBudget().maximumBytes())));
  }

  private static JsonObject counters(TcpServer server, @Nullable HmacAuth auth) {
    TcpCounters counters = server.counters();
    return new JsonObject()
        .put("accepted", counters.accepted())
        .put("refused", counters.refused())
        .put("messagesIn", counters.messagesIn())
        .put("messagesOut", counters.messagesOut())
        .put("damaged", counters.damaged())
        .put("notAuthentic", counters.notAuthentic())
        .put("violations", counters.violations())
        .put("handlerFailures", counters.handlerFailures())
        .put("slowReaders", counters.slowReaders())
        .put("evicted", server.receiveBudget().evicted())
        .put("hmacs", auth == null ? 0 : auth.computed())
        .put("busDropped", counters.busDropped())
        .put("bridgedIn", counters.bridgedIn())
        .put("bridgedOut", counters.bridgedOut())
        .put("bridgeRefused", counters.bridgeRefused())
        .put("bridgeLoops", counters.bridgeLoops());
  }

  private static JsonObject use(long used, long limit) {
    return new JsonObject().put("used", used).put("limit", limit);
  }
}
