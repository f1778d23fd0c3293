package io.culvert.conformance.badinput;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The entries of {@link BadInputs}, by their numbers, that a test shows Culvert to survive. */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface BadInput {
  int[] value();
}
