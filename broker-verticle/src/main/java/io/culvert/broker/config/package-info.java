/** The broker's settings, and their values as records. */
@NullMarked
package io.culvert.broker.config;

import org.jspecify.annotations.NullMarked;
