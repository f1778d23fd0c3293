package io.culvert.conformance.scene;

import io.culvert.conformance.broker.BrokerUnderTest;
import io.culvert.conformance.broker.CulvertProcess;
import io.culvert.conformance.peer.MqttJsHost;
import java.util.ArrayList;
import java.util.List;
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
 * started by the first test that needs it and stopped after the last, or the class's {@link
 * OwnBroker}. A class fails when its broker has complained in its log meanwhile.
 */
public final class BrokerExtension implements ParameterResolver, AfterAllCallback {

  private static final Namespace NAMESPACE = Namespace.create(BrokerExtension.class);

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    Class<?> type = parameter.getParameter().getType();
    return type == BrokerUnderTest.class
        || type == Scene.class
        || (type == CulvertProcess.class && isOwn(context));
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    return parameter.getParameter().getType() == Scene.class ? scene(context) : broker(context);
  }

  /** That of the test, the same for all who ask. */
  static Scene scene(ExtensionContext context) {
    BrokerUnderTest broker = broker(context);
    return context
        .getStore(NAMESPACE)
        .getOrComputeIfAbsent(
            Scene.class, type -> Scene.of(broker, () -> mqttJs(context)), Scene.class);
  }

  @Override
  public void afterAll(ExtensionContext context) {
    // A class's store also knows what the root's does.
    Object key = isOwn(context) ? OwnBroker.class : BrokerUnderTest.class;
    BrokerUnderTest broker = context.getStore(NAMESPACE).get(key, BrokerUnderTest.class);
    if (broker != null) {
      Assertions.assertThat(broker.newComplaints())
          .as("what the broker complained about")
          .isEmpty();
    }
  }

  private static BrokerUnderTest broker(ExtensionContext context) {
    OwnBroker own = context.getRequiredTestClass().getAnnotation(OwnBroker.class);
    if (own != null) {
      return ofClass(context)
          .getStore(NAMESPACE)
          .getOrComputeIfAbsent(
              OwnBroker.class, type -> startOwn(context, own), BrokerUnderTest.class);
    }
    return context
        .getRoot()
        .getStore(NAMESPACE)
        .getOrComputeIfAbsent(BrokerUnderTest.class, type -> start(), BrokerUnderTest.class);
  }

  private static boolean isOwn(ExtensionContext context) {
    return context.getRequiredTestClass().isAnnotationPresent(OwnBroker.class);
  }

  private static ExtensionContext ofClass(ExtensionContext context) {
    ExtensionContext found = context;
    while (found.getTestMethod().isPresent()) {
      found = found.getParent().orElseThrow();
    }
    return found;
  }

  private static BrokerUnderTest startOwn(ExtensionContext context, OwnBroker own) {
    String name = context.getRequiredTestClass().getSimpleName();
    List<String> options = new ArrayList<>(List.of(own.options()));
    if (!own.keeps()) {
      options.add(CulvertProcess.KEEPS_NOTHING);
    }
    return CulvertProcess.startAsGiven(name, List.of(own.jvm()), options);
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
