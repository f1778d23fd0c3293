package io.culvert.conformance.scene;

import io.culvert.conformance.raw.Bystander;
import java.util.Objects;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;

/** Before each test a bystander joins; it must not have noticed anything when the test ends. */
public final class BystanderExtension implements BeforeEachCallback, AfterEachCallback {

  private static final Namespace NAMESPACE = Namespace.create(BystanderExtension.class);

  @Override
  public void beforeEach(ExtensionContext context) throws Exception {
    Scene scene = BrokerExtension.scene(context);
    Bystander bystander =
        scene.own(
            Bystander.join(
                scene.broker().mqtt(), scene.clientId("bystander"), scene.topic("bystander")));
    context.getStore(NAMESPACE).put(Bystander.class, bystander);
  }

  @Override
  public void afterEach(ExtensionContext context) throws Exception {
    Objects.requireNonNull(context.getStore(NAMESPACE).get(Bystander.class, Bystander.class))
        .assertUndisturbed();
  }
}
