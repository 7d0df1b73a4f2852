import { describe, expect, it } from '@jest/globals';
import { createElement, type FunctionComponent } from 'react';
import { renderToString } from 'react-dom/server';
import { createWebClient } from './create-web-client.js';
import { FlagtreeProvider, useFlag, useFlagState } from './react.js';

const Lamp: FunctionComponent = () =>
  createElement('p', null, `${useFlag('lamp', false) ? 'on' : 'off'}, ${useFlag('size', 7)}, ${useFlagState()}`);

describe('the hooks for React, on a server that renders', () => {
  it('give what the page comes with, and fallbacks for the rest', () => {
    const client = createWebClient({ bootstrap: { lamp: { value: true, variant: 'on' } } });
    expect(renderToString(createElement(FlagtreeProvider, { client }, createElement(Lamp)))).toBe('<p>on, 7, loading</p>');
  });

  it('say what is missing around them', () => {
    expect(() => renderToString(createElement(Lamp))).toThrow('There is no <FlagtreeProvider> around this component.');
  });
});
