package io.culvert.conformance.client;

import io.culvert.client.BlockingMqttClient;
import io.culvert.client.BlockingSubscription;
import io.culvert.client.MqttClientOptions;
import io.culvert.client.ReceivedMessage;
import io.culvert.mqtt.wire.QoS;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Many virtual threads that share one blocking client: each takes one message, and each of as many
 * others publishes one. Runs in a process of its own.
 */
public final class VirtualThreadsProgram {
  private static final int THREADS = 1000;

  /** So few that those who have taken a message and ended must be seen. */
  private static final int RECEIVE_MAXIMUM = 20;

  private static final int LIMIT_SECONDS = 60;

  private VirtualThreadsProgram() {}

  /** Its only argument is the address of the server. */
  public static void main(String[] arguments) throws Exception {
    MqttClientOptions options =
        new MqttClientOptions().setAddresses(arguments[0]).setReceiveMaximum(RECEIVE_MAXIMUM);
    try (BlockingMqttClient client = BlockingMqttClient.connect(options);
        BlockingSubscription messages = client.subscribe("virtual/+", QoS.EXACTLY_ONCE)) {
      ExecutorService threads = onePerTask();
      List<Future<ReceivedMessage>> takers = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) { // all of them wait before there is anything to take
        takers.add(threads.submit(() -> messages.next()));
      }
      List<Future<?>> publishers = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        String number = "" + i;
        publishers.add(
            threads.submit(() -> client.publish("virtual/" + number, number, QoS.EXACTLY_ONCE)));
      }
      long sum = 0;
      for (Future<ReceivedMessage> taker : takers) {
        sum += Integer.parseInt(taker.get(LIMIT_SECONDS, TimeUnit.SECONDS).payloadAsText());
      }
      for (Future<?> publisher : publishers) {
        publisher.get(LIMIT_SECONDS, TimeUnit.SECONDS);
      }
      System.out.println("taken " + sum);
      threads.shutdown();
    }
  }

  /** Not named in Java 17, which this is compiled for. */
  private static ExecutorService onePerTask() throws ReflectiveOperationException {
    return (ExecutorService)
        Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
  }
}
