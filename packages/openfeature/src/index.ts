export { FlagtreeProvider, type InitializeOptions, type OverClient } from './provider.js';
