/** Inputs and attacks that every release survives, each with a test against the running broker. */
@NullMarked
package io.culvert.conformance.badinput;

import org.jspecify.annotations.NullMarked;
