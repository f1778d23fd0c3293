package io.culvert.conformance.scene;

import io.culvert.conformance.broker.BrokerUnderTest;
import io.culvert.conformance.peer.MqttJsHost;
import java.util.logging.Level;
import java.util.logging.LogManager;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives tests their {@link Scene} and the {@link BrokerUnderTest}: one broker for the whole run,
 * started by the first test that needs it and stopped after the last. A class fails when the broker
 * has complained in its log meanwhile.
 */
public final class BrokerExtension implements ParameterResolver, AfterAllCallback {

  private static final Namespace NAMESPACE = Namespace.create(BrokerExtension.class);

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    return type == BrokerUnderTest.class || type == Scene.class;
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    BrokerUnderTest broker = broker(context);
    if (parameter.getParameter().getType() == BrokerUnderTest.class) {
      return broker;
    }
    return context
        .getStore(NAMESPACE)
        .getOrComputeIfAbsent(
            Scene.class, type -> Scene.of(broker, () -> mqttJs(context)), Scene.class);
  }

  @Override
  public void afterAll(ExtensionContext context) {
    BrokerUnderTest broker =
        context.getRoot().getStore(NAMESPACE).get(BrokerUnderTest.class, BrokerUnderTest.class);
    if (broker != null) {
      Assertions.assertThat(broker.newComplaints())
          .as("what the broker complained about")
          .isEmpty();
    }
  }

  private static BrokerUnderTest broker(ExtensionContext context) {
    return context
        .getRoot()
        .getStore(NAMESPACE)
        .getOrComputeIfAbsent(BrokerUnderTest.class, type -> start(), BrokerUnderTest.class);
  }

  /** Paho and Vert.x tell every step to java.util.logging. */
  private static BrokerUnderTest start() {
    LogManager.getLogManager().getLogger("").setLevel(Level.WARNING);
    return BrokerUnderTest.start();
  }

  private static MqttJsHost mqttJs(ExtensionContext context) {
    return context
        .getRoot()
        .getStore(NAMESPACE)
        .getOrComputeIfAbsent(MqttJsHost.class, type -> MqttJsHost.start(), MqttJsHost.class);
  }
}
