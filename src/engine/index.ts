export * from '@flagtree/engine';
