package io.culvert.conformance.scene;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/** A {@link BlackBox} class during whose tests a {@link BystanderExtension} looks on. */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@BlackBox
@ExtendWith(BystanderExtension.class)
public @interface WithBystander {}
