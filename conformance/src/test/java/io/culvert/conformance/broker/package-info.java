/** The broker under test, and what a test needs around it. */
@NullMarked
package io.culvert.conformance.broker;

import org.jspecify.annotations.NullMarked;
