import { type ArgumentMetadata, type ValidationError, ValidationPipe } from '@nestjs/common';
import * as classTransformer from 'class-transformer';
import * as classValidator from 'class-validator';
import { registerDecorator, ValidateIf } from 'class-validator';
import { type Defect, pointerTo } from '@flagtree/engine';
import { Invalid, type Unprocessable } from '../../problems/problem.js';
import { splitRefusal } from '../../problems/split-refusal.js';

type PropertyCheck = (value: unknown) => Defect[];

const checks = new Map<object, Map<string, PropertyCheck>>();

/** The property may be absent; null is for its other rules to judge. */
export const MayBeAbsent = () => ValidateIf((_, value) => value !== undefined);

/** The property may be absent (leave it) or null (clear it, inherit). */
export const MayBeNull = () => ValidateIf((_, value) => value !== undefined && value !== null);

/** Hands a property to one of the engine's validators, whose defects point into the value. */
export function Satisfies(check: PropertyCheck): PropertyDecorator {
  return (prototype, property) => {
    const name = String(property);
    const target = prototype.constructor;
    checks.set(target, (checks.get(target) ?? new Map<string, PropertyCheck>()).set(name, check));
    registerDecorator({
      name: 'satisfies',
      target,
      propertyName: name,
      validator: { validate: (value) => check(value).length === 0, defaultMessage: () => `${name} is not valid` },
    });
  };
}

/** Turns a body or query into its DTO: unknown properties are refused, every defect is told with its place. */
export function requestValidation(): ValidationPipe {
  return new RequestValidation();
}

class RequestValidation extends ValidationPipe {
  constructor() {
    super({
      // else Nest imports them by itself, which a bundle of CommonJS packages cannot answer with their names
      validatorPackage: classValidator,
      transformerPackage: classTransformer,
      transform: true,
      whitelist: true,
      forbidNonWhitelisted: true,
      forbidUnknownValues: true,
      validationError: { target: true },
      exceptionFactory: (errors) => invalidRequest(errors.flatMap((error) => defectsOf(error, ''))),
    });
  }

  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    try {
      return (await super.transform(value, metadata)) as unknown;
    } catch (error) {
      if (metadata.type !== 'query' || !(error instanceof Invalid)) throw error;
      throw invalidRequest(error.defects.map((defect) => ({ ...defect, pointer: defect.pointer.replace(/^\//, '?') })));
    }
  }
}

function invalidRequest(defects: Defect[]): Invalid | Unprocessable {
  const refusal = splitRefusal(defects);
  if (refusal) return refusal;
  const count = defects.length === 1 ? 'One thing is' : `${String(defects.length)} things are`;
  return new Invalid('invalid-request', `${count} wrong with the request: see errors.`, defects);
}

const TYPE_CONSTRAINTS = ['isString', 'isBoolean', 'isArray', 'isInt'];

function defectsOf(error: ValidationError, parent: string): Defect[] {
  const pointer = pointerTo(parent, error.property);
  const failed = Object.entries(error.constraints ?? {});
  const children = (error.children ?? []).flatMap((child) => defectsOf(child, pointer));
  if (failed.length === 0) return children;
  if (failed.some(([constraint]) => constraint === 'whitelistValidation')) {
    return [{ pointer, code: 'unknown-property', detail: `There is no property "${error.property}" here.` }];
  }
  if (error.value === undefined) return [{ pointer, code: 'required', detail: `"${error.property}" is required.` }];
  const wrongType = failed.filter(([constraint]) => TYPE_CONSTRAINTS.includes(constraint));
  const told = (wrongType.length > 0 ? wrongType : failed).flatMap(([constraint, message]): Defect[] =>
    constraint === 'satisfies' ? structured(error, pointer) : [{ pointer, code: kebab(constraint), detail: `${message}.` }],
  );
  return [...told, ...children];
}

function structured(error: ValidationError, pointer: string): Defect[] {
  for (let target = error.target?.constructor; target; target = Object.getPrototypeOf(target) as typeof target) {
    const check = checks.get(target)?.get(error.property);
    if (check) return check(error.value).map((defect) => ({ ...defect, pointer: pointer + defect.pointer }));
  }
  return [{ pointer, code: 'invalid', detail: 'This value is not valid.' }];
}

const kebab = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
