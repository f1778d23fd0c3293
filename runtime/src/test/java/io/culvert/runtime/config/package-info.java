@NullMarked
package io.culvert.runtime.config;

import org.jspecify.annotations.NullMarked;
