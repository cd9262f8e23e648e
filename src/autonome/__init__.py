"""Autonome: AI models trade crypto perpetual futures, and every figure can be proved."""
