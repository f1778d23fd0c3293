package io.culvert.launcher;

import io.culvert.runtime.driver.loops.GatheringTransport;
import io.vertx.core.Deployable;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxBuilder;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Map;
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

  static Node create(int eventLoops, boolean gather) {
    return new Node(builder(options(eventLoops), gather).build());
  }

  /** One that others may reach over the event bus. Blocks until it has joined them. */
  static Node join(int eventLoops, boolean gather, ClusterSettings cluster)
      throws StartException, InterruptedException {
    return new Node(Cluster.join(options(eventLoops), gather, cluster));
  }

  /**
   * Deploys the broker, and then the others; completes with the addresses when everything listens.
   *
   * @param config of all verticles
   */
  Future<List<String>> start(
      Supplier<? extends Deployable> broker,
      List<Supplier<? extends Deployable>> others,
      JsonObject config) {
    String deployment = UUID.randomUUID().toString();
    DeploymentOptions options =
        new DeploymentOptions().setConfig(config.copy().put("deployment", deployment));
    Future<String> deployed = vertx.deployVerticle(broker, options);
    for (Supplier<? extends Deployable> other : others) {
      deployed = deployed.compose(id -> vertx.deployVerticle(other, options));
    }
    return deployed.map(id -> addresses("culvert.listeners." + deployment));
  }

  /** Deploys one more verticle. */
  Future<String> deploy(Deployable verticle) {
    return vertx.deployVerticle(verticle);
  }

  /** Undeploys everything and frees the threads. */
  Future<Void> stop() {
    return vertx.close();
  }

  /**
   * A Vert.x to be.
   *
   * @param gather whether its event loops share a thread while one suffices, where that is possible
   */
  static VertxBuilder builder(VertxOptions options, boolean gather) {
    VertxBuilder builder = Vertx.builder().with(options);
    GatheringTransport gathering = new GatheringTransport();
    return gather && gathering.available() ? builder.withTransport(gathering) : builder;
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

  /**
   * What the verticles say that they have bound; the broker's in the order of the configuration.
   */
  private List<String> addresses(String registry) {
    return vertx.sharedData().<String, String>getLocalMap(registry).entrySet().stream()
        .sorted(Map.Entry.comparingByValue())
        .map(Map.Entry::getKey)
        .toList();
  }
}
