/**
 * The architecture as tests: {@code Rule} holds the rules, {@code fixture} holds for each of them a tree of packages that
 * breaks it. A rule without such a tree does not pass.
 */
package maple.like.bootstrap.architecture;
