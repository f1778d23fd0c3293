package io.culvert.launcher;

import io.culvert.broker.config.ListenerOptions;
import io.vertx.core.Deployable;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Supplier;

/** One Vert.x with its verticles. */
final class Node {
  /** Files and names are looked up at the start only. */
  private static final int WORKERS = 4;

  private final Vertx vertx;

  private Node(Vertx vertx) {
    this.vertx = vertx;
  }

  static Node create(int eventLoops) {
    return new Node(Vertx.builder().with(options(eventLoops)).build());
  }

  /** One that others may reach over the event bus. Blocks until it has joined them. */
  static Node join(int eventLoops, ClusterSettings cluster)
      throws StartException, InterruptedException {
    return new Node(Cluster.join(options(eventLoops), cluster));
  }

  /**
   * Deploys the broker, and then the others; completes with the addresses when everything listens.
   *
   * @param config of all verticles
   */
  Future<List<String>> start(
      Supplier<? extends Deployable> broker,
      List<Supplier<? extends Deployable>> others,
      JsonObject config,
      List<ListenerOptions> listeners) {
    String deployment = UUID.randomUUID().toString();
    DeploymentOptions options =
        new DeploymentOptions().setConfig(config.copy().put("deployment", deployment));
    Future<String> deployed = vertx.deployVerticle(broker, options);
    for (Supplier<? extends Deployable> other : others) {
      deployed = deployed.compose(id -> vertx.deployVerticle(other, options));
    }
    return deployed.map(id -> addresses("culvert.listeners." + deployment, listeners));
  }

  /** Deploys one more verticle. */
  Future<String> deploy(Deployable verticle) {
    return vertx.deployVerticle(verticle);
  }

  /** Undeploys everything and frees the threads. */
  Future<Void> stop() {
    return vertx.close();
  }

  private static VertxOptions options(int eventLoops) {
    return new VertxOptions()
        .setEventLoopPoolSize(eventLoops)
        .setWorkerPoolSize(WORKERS)
        .setInternalBlockingPoolSize(WORKERS)
        .setPreferNativeTransport(true)
        .setDisableTCCL(true)
        .setFileSystemOptions(
            new FileSystemOptions()
                .setFileCachingEnabled(false)
                .setClassPathResolvingEnabled(false));
  }

  /** What the verticle says that it has bound, in the order of the configuration. */
  private List<String> addresses(String registry, List<ListenerOptions> listeners) {
    Map<String, String> bound = vertx.sharedData().<String, String>getLocalMap(registry);
    Set<String> left = new TreeSet<>(bound.keySet());
    Set<String> fixed = new HashSet<>(left);
    fixed.retainAll(listeners.stream().map(ListenerOptions::uri).toList());
    left.removeAll(fixed); // a port that is given is not the one that another listener took
    List<String> addresses = new ArrayList<>();
    for (ListenerOptions listener : listeners) {
      if (fixed.contains(listener.uri())) {
        addresses.add(listener.uri());
      } else {
        left.stream()
            .filter(uri -> isOf(listener, uri))
            .min(Comparator.comparing(uri -> String.valueOf(bound.get(uri))))
            .ifPresent(addresses::add);
        left.removeAll(addresses);
      }
    }
    addresses.addAll(left);
    return addresses;
  }

  private static boolean isOf(ListenerOptions listener, String bound) {
    return listener.uri().equals(bound.replaceFirst(":\\d+(?=/|$)", ":0"));
  }
}
