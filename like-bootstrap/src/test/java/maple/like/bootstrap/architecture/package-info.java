/**
 * The architecture as tests. {@code Part} is the table of packages with their whitelists, {@code Rule} holds each rule
 * beside a fixture that breaks it, and {@code ArchitectureTest} runs them all.
 */
package maple.like.bootstrap.architecture;
