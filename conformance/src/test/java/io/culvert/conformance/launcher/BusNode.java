package io.culvert.conformance.launcher;

import com.hazelcast.config.Config;
import com.hazelcast.config.NetworkConfig;
import io.culvert.runtime.bus.CulvertMqtt;
import io.culvert.runtime.bus.MqttMessage;
import io.culvert.runtime.bus.SubscribeRequest;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.eventbus.EventBusOptions;
import io.vertx.core.json.JsonObject;
import io.vertx.spi.cluster.hazelcast.HazelcastClusterManager;
import java.util.function.Function;

/**
 * Another application: a JVM with a Vert.x of its own that joins the broker's event bus. Arguments:
 * cluster name, port of the broker's member, own port. Says on stdout what happens.
 */
public final class BusNode {
  private BusNode() {}

  /** Runs until it is killed. */
  public static void main(String[] arguments) {
    run(arguments, BusNode::use);
  }

  /** Joins, and does what such a node does; ends where that fails. */
  static void run(String[] arguments, Function<Vertx, Future<?>> use) {
    Config config = new Config();
    config.setClusterName(arguments[0]);
    config.setProperty("hazelcast.logging.type", "none");
    config.setProperty("hazelcast.phone.home.enabled", "false");
    NetworkConfig network = config.getNetworkConfig();
    network.setPort(Integer.parseInt(arguments[2])).setPortAutoIncrement(false);
    network.getInterfaces().setEnabled(true).addInterface("127.0.0.1");
    network.getJoin().getMulticastConfig().setEnabled(false);
    network.getJoin().getTcpIpConfig().setEnabled(true).addMember("127.0.0.1:" + arguments[1]);
    Vertx.builder()
        .with(new VertxOptions().setEventBusOptions(new EventBusOptions().setHost("127.0.0.1")))
        .withClusterManager(new HazelcastClusterManager(config))
        .buildClustered()
        .compose(use::apply)
        .onFailure(
            failure -> {
              System.out.println("failed " + failure);
              System.exit(1);
            });
  }

  private static Future<?> use(Vertx vertx) {
    CulvertMqtt mqtt = CulvertMqtt.create(vertx);
    SubscribeRequest request = SubscribeRequest.to("orders/#").withQos(2).withLeaseSeconds(2);
    return mqtt.subscribe(
            request,
            received -> {
              System.out.println(
                  "received " + received.message().topic() + " " + received.message().payload());
              return Future.succeededFuture();
            })
        .compose(
            subscription -> mqtt.publish(MqttMessage.of("news/other-node", "hello").withQos(1)))
        .compose(
            published -> {
              System.out.println("published " + published.reasonCode());
              return mqtt.admin().ask("subscriptions", new JsonObject().put("filter", "orders/#"));
            })
        .onSuccess(page -> System.out.println("listed " + page.getJsonArray("items").size()));
  }
}
