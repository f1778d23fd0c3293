package io.culvert.conformance.scene;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A {@link BlackBox} class that talks to a Culvert process of its own: with little memory, so that
 * whatever grows without bound ends it, or with other settings.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
public @interface OwnBroker {
  /** Options of the virtual machine. */
  String[] jvm() default {"-Xmx64m", "-XX:MaxDirectMemorySize=32m"};

  /** Options of {@code culvert run}. */
  String[] options() default {};

  /** It keeps sessions and retained messages on its disk, as it does by default. */
  boolean keeps() default false;
}
