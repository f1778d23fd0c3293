package io.culvert.conformance.launcher;

import io.culvert.runtime.bus.TcpAddresses;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;

/**
 * Another application, as {@link BusNode}, which uses the TCP message service of another node. Says
 * on stdout what happens.
 */
public final class TcpBusNode {
  private TcpBusNode() {}

  /** Runs until it is killed. */
  public static void main(String[] arguments) {
    BusNode.run(arguments, TcpBusNode::use);
  }

  private static Future<?> use(Vertx vertx) {
    return vertx
        .eventBus()
        .<JsonObject>consumer(
            "app.news",
            heard -> {
              System.out.println("heard " + heard.body().getString("content"));
              heard.reply(null);
            })
        .completion()
        .compose(
            known -> ask(vertx, TcpAddresses.SUBSCRIBE, message("news").put("address", "app.news")))
        .compose(granted -> ask(vertx, TcpAddresses.PEERS, new JsonObject()))
        .compose(
            peers -> {
              long id = peers.getJsonArray("peers").getJsonObject(0).getLong("id");
              return ask(vertx, TcpAddresses.REQUEST, message("state").put("id", id));
            })
        .compose(
            answer -> {
              System.out.println("answered " + answer.getString("content"));
              return ask(
                  vertx, TcpAddresses.NOTIFY, message("news").put("content", "from another node"));
            })
        .onSuccess(sent -> System.out.println("notified " + sent.getInteger("sent")));
  }

  private static Future<JsonObject> ask(Vertx vertx, String address, JsonObject body) {
    return vertx.eventBus().<JsonObject>request(address, body).map(reply -> reply.body());
  }

  private static JsonObject message(String uri) {
    return new JsonObject().put("uri", uri);
  }
}
